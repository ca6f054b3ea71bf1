#!/usr/bin/perl
# examples: runs the examples of pages in this folder and compares what they
# print. In a literal display a line "$ " is a command, "> " goes on with it,
# and the rest is the exact standard output.
use strict;
use warnings;

my $bad = 0;
my $ran = 0;

sub plain {
	my ($text) = @_;
	my %glyph = (dq => '"', aq => "'", rs => '\\', ha => '^', ti => '~',
		oq => '`', bs => '\\');
	$text =~ s/\\\((..)/exists $glyph{$1} ? $glyph{$1} : "\\($1"/ge;
	$text =~ s/\\([-.])/$1/g;
	$text =~ s/\\&//g;
	$text =~ s/\\e/\\/g;
	return $text;
}

sub run {
	my ($at, $command, $want) = @_;
	$ran++;
	open my $pipe, '-|', 'timeout', '60', 'bash', '-c',
		"exec </dev/null 2>>stderr.txt\n$command" or die "bash: $!";
	local $/;
	my $got = <$pipe>;
	close $pipe;
	return if defined $got && $got eq $want;
	$bad++;
	print "$at: \$ $command\nwant:\n${want}got:\n$got\n";
}

for my $page (@ARGV) {
	open my $in, '<', $page or die "$page: $!";
	my ($literal, $command, $at, $want) = (0);
	my $end = sub {
		run($at, $command, $want) if defined $command;
		undef $command;
	};
	while (my $line = <$in>) {
		chomp $line;
		if ($line =~ /^\.Bd -literal|^```console/) {
			$literal = 1;
		} elsif ($line =~ /^\.Ed|^```$/) {
			$end->();
			$literal = 0;
		} elsif ($literal) {
			$line = plain($line);
			if ($line =~ /^\$ (.*)/) {
				$end->();
				($command, $at, $want) = ($1, "$page:$.", '');
			} elsif (defined $command && $want eq '' &&
					$line =~ /^> (.*)/) {
				$command .= "\n$1";
			} elsif (defined $command) {
				$want .= "$line\n";
			}
		}
	}
}
print "no example was run\n" unless $ran;
exit($bad || !$ran);
