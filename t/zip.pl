# zip.pl OUT [-0] [-gz]: a .zip of the files on standard input, each after a
# line "== NAME" (their last newline belongs to them). -0: not packed. -gz: no
# archive, the bytes of all of standard input as gzip.
use strict;
use warnings;
use IO::Compress::Gzip;
use IO::Compress::Zip qw(:constants);

my ($out, @how) = @ARGV;
my $text = do { local $/; <STDIN> } // '';
if (grep { $_ eq '-gz' } @how) {
	my $z = IO::Compress::Gzip->new($out, -Minimal => 1);
	print $z $text;
	close $z;
	exit;
}
my $method = (grep { $_ eq '-0' } @how) ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
my (undef, %file, @name);
my @part = split /^== (.*)\n/m, $text;
shift @part;
my $z;
while (my ($name, $body) = splice @part, 0, 2) {
	my @say = (Name => $name, Method => $method, Time => 1e9,
		Stream => 0, Efs => 1);
	if ($z) { $z->newStream(@say) }
	else { $z = IO::Compress::Zip->new($out, @say) or die "$out: no\n" }
	print $z $body // '';
}
close $z;
