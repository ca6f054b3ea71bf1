#include "value/name.h"

#include "value/text.h"
#include "value/utf8.h"

/* More than a person's name has. */
#define NAME_LEN 96
#define NAME_TOKENS 8

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/*
 * Traditional characters, each with its simplified form: ICU 72's Traditional-Simplified of Big5's first level and of some
 * 200 characters of given names in the second.
 */
/* clang-format off */
static const char simplified[][7] = {
	"丟丢", "並并", "乾干", "亂乱", "亙亘", "亞亚", "佇伫", "佈布", "佔占",
	"併并", "來来", "侖仑", "侶侣", "侷局", "係系", "俠侠", "俱具", "倀伥",
	"倆俩", "倉仓", "個个", "們们", "倖幸", "倣仿", "倫伦", "偉伟", "側侧",
	"偵侦", "偽伪", "傑杰", "傖伧", "傘伞", "備备", "傢家", "傭佣", "傯偬",
	"傳传", "債债", "傷伤", "傾倾", "僅仅", "僇戮", "僑侨", "僕仆", "僥侥",
	"僱雇", "價价", "儀仪", "儂侬", "億亿", "儈侩", "儉俭", "儐傧", "儔俦",
	"儕侪", "儘尽", "償偿", "優优", "儲储", "儷俪", "儸㑩", "儻傥", "儼俨",
	"兇凶", "兌兑", "兒儿", "兗兖", "內内", "兩两", "冊册", "冪幂", "凍冻",
	"凜凛", "凱凯", "別别", "刪删", "則则", "剋克", "剎刹", "剛刚", "剝剥",
	"剴剀", "創创", "剷铲", "劃划", "劇剧", "劉刘", "劊刽", "劍剑", "劑剂",
	"勁劲", "動动", "勗勖", "務务", "勛勋", "勝胜", "勞劳", "勢势", "勳勋",
	"勵励", "勸劝", "勻匀", "匯汇", "匱匮", "區区", "協协", "卹恤", "卻却",
	"厭厌", "厲厉", "參参", "叢丛", "吒咤", "吳吴", "吶呐", "呂吕", "員员",
	"唸念", "問问", "啞哑", "啟启", "喚唤", "喪丧", "喫吃", "喬乔", "單单",
	"喲哟", "嗆呛", "嗇啬", "嗎吗", "嗚呜", "嗶哔", "嘆叹", "嘍喽", "嘔呕",
	"嘖啧", "嘗尝", "嘩哗", "嘮唠", "嘯啸", "嘰叽", "噓嘘", "噥哝", "噯嗳",
	"噴喷", "噸吨", "噹当", "嚀咛", "嚇吓", "嚐尝", "嚕噜", "嚥咽", "嚨咙",
	"嚮向", "嚴严", "嚶嘤", "囀啭", "囁嗫", "囂嚣", "囈呓", "囉啰", "囑嘱",
	"囪囱", "國国", "圍围", "園园", "圓圆", "圖图", "團团", "執执", "堅坚",
	"堊垩", "堝埚", "堯尧", "報报", "場场", "塊块", "塋茔", "塒埘", "塗涂",
	"塚冢", "塢坞", "塵尘", "塹堑", "墊垫", "墜坠", "墮堕", "墳坟", "墾垦",
	"壇坛", "壎埙", "壓压", "壘垒", "壙圹", "壞坏", "壟垄", "壢坜", "壩坝",
	"壯壮", "壺壶", "壽寿", "夠够", "夢梦", "夥伙", "夾夹", "奐奂", "奧奥",
	"奩奁", "奪夺", "奮奋", "妝妆", "姊姐", "姍姗", "姦奸", "姪侄", "娛娱",
	"婁娄", "婦妇", "媧娲", "媼媪", "媽妈", "嫗妪", "嫵妩", "嫻娴", "嬈娆",
	"嬋婵", "嬌娇", "嬝袅", "嬤嬷", "嬪嫔", "嬰婴", "嬸婶", "孃娘", "孫孙",
	"學学", "孿孪", "宮宫", "寢寝", "實实", "寧宁", "審审", "寫写", "寬宽",
	"寵宠", "寶宝", "將将", "專专", "尋寻", "對对", "導导", "尷尴", "屆届",
	"屍尸", "屜屉", "屢屡", "層层", "屨屦", "屬属", "岡冈", "峴岘", "島岛",
	"峽峡", "崑昆", "崗岗", "崙仑", "崢峥", "嵐岚", "嶄崭", "嶇岖", "嶔嵚",
	"嶸嵘", "嶺岭", "嶼屿", "巒峦", "巔巅", "巖岩", "帥帅", "師师", "帳帐",
	"帶带", "幀帧", "幃帏", "幗帼", "幟帜", "幣币", "幫帮", "幹干", "幾几",
	"庫库", "廁厕", "廂厢", "廄厩", "廈厦", "廚厨", "廝厮", "廟庙", "廠厂",
	"廢废", "廣广", "廬庐", "廳厅", "弒弑", "弔吊", "張张", "強强", "彆别",
	"彈弹", "彌弥", "彎弯", "彙汇", "彥彦", "彿佛", "後后", "徑径", "從从",
	"徠徕", "復复", "徬彷", "徵征", "徹彻", "恆恒", "恥耻", "悅悦", "悵怅",
	"悶闷", "悽凄", "惡恶", "惱恼", "惻恻", "愛爱", "愜惬", "愴怆", "愷恺",
	"愾忾", "慄栗", "慇殷", "態态", "慍愠", "慘惨", "慚惭", "慟恸", "慣惯",
	"慫怂", "慮虑", "慶庆", "慼戚", "慾欲", "憂忧", "憊惫", "憐怜", "憑凭",
	"憚惮", "憤愤", "憫悯", "憮怃", "憲宪", "憶忆", "懇恳", "應应", "懍懔",
	"懣懑", "懲惩", "懶懒", "懷怀", "懸悬", "懺忏", "懼惧", "懾慑", "戀恋",
	"戰战", "戲戏", "戶户", "拋抛", "挾挟", "捨舍", "捫扪", "捲卷", "掃扫",
	"掄抡", "掙挣", "掛挂", "採采", "揀拣", "揚扬", "換换", "揮挥", "搆构",
	"損损", "搖摇", "搗捣", "搶抢", "搾榨", "摑掴", "摟搂", "摯挚", "摺折",
	"摻掺", "撈捞", "撐撑", "撓挠", "撚捻", "撢掸", "撥拨", "撫抚", "撲扑",
	"撳揿", "撻挞", "撾挝", "撿捡", "擁拥", "擄掳", "擇择", "擊击", "擋挡",
	"擔担", "據据", "擠挤", "擬拟", "擰拧", "擱搁", "擲掷", "擴扩", "擷撷",
	"擺摆", "擻擞", "擾扰", "攆撵", "攏拢", "攔拦", "攙搀", "攜携", "攝摄",
	"攣挛", "攤摊", "攪搅", "攬揽", "敗败", "敘叙", "敵敌", "數数", "斂敛",
	"斃毙", "斕斓", "斬斩", "斷断", "於于", "昇升", "時时", "晉晋", "晝昼",
	"暈晕", "暉晖", "暘旸", "暢畅", "暫暂", "暱昵", "曄晔", "曆历", "曇昙",
	"曉晓", "曖暧", "曠旷", "曬晒", "書书", "會会", "朧胧", "東东", "柵栅",
	"桿杆", "梔栀", "條条", "梟枭", "棄弃", "棗枣", "棟栋", "棧栈", "棲栖",
	"楊杨", "楓枫", "楨桢", "業业", "極极", "榮荣", "構构", "槍枪", "槓杠",
	"槨椁", "槳桨", "樁桩", "樂乐", "樅枞", "樑梁", "樓楼", "標标", "樞枢",
	"樣样", "樸朴", "樹树", "樺桦", "橈桡", "橋桥", "機机", "橢椭", "橫横",
	"檔档", "檜桧", "檢检", "檣樯", "檮梼", "檯台", "檳槟", "檸柠", "檻槛",
	"櫃柜", "櫓橹", "櫚榈", "櫛栉", "櫝椟", "櫥橱", "櫬榇", "櫺棂", "櫻樱",
	"欄栏", "權权", "欖榄", "欽钦", "歎叹", "歐欧", "歟欤", "歡欢", "歲岁",
	"歷历", "歸归", "歿殁", "殘残", "殤殇", "殮殓", "殯殡", "殲歼", "殺杀",
	"殼壳", "毀毁", "毆殴", "毬球", "氈毡", "氣气", "氫氢", "氬氩", "氳氲",
	"氾泛", "汎泛", "汙污", "決决", "沍冱", "沒没", "沖冲", "況况", "洩泄",
	"洶汹", "浹浃", "涇泾", "涼凉", "淒凄", "淚泪", "淨净", "淪沦", "淵渊",
	"淺浅", "渙涣", "減减", "渦涡", "測测", "渾浑", "湊凑", "湧涌", "湯汤",
	"準准", "溝沟", "溫温", "溼湿", "滄沧", "滅灭", "滌涤", "滬沪", "滯滞",
	"滲渗", "滷卤", "滾滚", "滿满", "漁渔", "漢汉", "漣涟", "漬渍", "漲涨",
	"漸渐", "漿浆", "潑泼", "潔洁", "潛潜", "潤润", "潯浔", "潰溃", "澀涩",
	"澆浇", "澗涧", "澠渑", "澤泽", "澦滪", "澱淀", "濁浊", "濃浓", "濕湿",
	"濘泞", "濟济", "濤涛", "濫滥", "濬浚", "濰潍", "濱滨", "濺溅", "濾滤",
	"瀅滢", "瀆渎", "瀉泻", "瀋沈", "瀏浏", "瀕濒", "瀘泸", "瀝沥", "瀟潇",
	"瀨濑", "瀰弥", "瀲潋", "瀾澜", "灑洒", "灘滩", "灝灏", "灣湾", "灤滦",
	"災灾", "為为", "烏乌", "無无", "煉炼", "煒炜", "煙烟", "煥焕", "煩烦",
	"煬炀", "熒荧", "熱热", "熾炽", "燁烨", "燄焰", "燈灯", "燉炖", "燐磷",
	"燒烧", "燙烫", "燜焖", "營营", "燦灿", "燬毁", "燭烛", "燴烩", "燻熏",
	"燼烬", "燾焘", "爍烁", "爐炉", "爛烂", "爭争", "爺爷", "爾尔", "牆墙",
	"牘牍", "牽牵", "犖荦", "犢犊", "犧牺", "狀状", "狹狭", "狽狈", "猙狰",
	"猶犹", "獄狱", "獅狮", "獎奖", "獨独", "獰狞", "獲获", "獵猎", "獷犷",
	"獸兽", "獺獭", "獻献", "玀猡", "現现", "琺珐", "琿珲", "瑋玮", "瑣琐",
	"瑤瑶", "瑩莹", "瑪玛", "瑯琅", "璣玑", "璦瑷", "環环", "璽玺", "瓊琼",
	"瓏珑", "瓔璎", "瓚瓒", "甌瓯", "甕瓮", "產产", "畝亩", "畢毕", "畫画",
	"異异", "當当", "疇畴", "疊叠", "痙痉", "痠酸", "瘋疯", "瘍疡", "瘓痪",
	"瘡疮", "瘧疟", "瘺瘘", "療疗", "癆痨", "癒愈", "癘疠", "癟瘪", "癡痴",
	"癢痒", "癥症", "癩癞", "癬癣", "癮瘾", "癱瘫", "癲癫", "發发", "皚皑",
	"皰疱", "皺皱", "盃杯", "盜盗", "盞盏", "盡尽", "監监", "盤盘", "盧卢",
	"盪荡", "眾众", "睏困", "睜睁", "睞睐", "睪睾", "瞇眯", "瞞瞒", "瞭了",
	"瞼睑", "矓眬", "矚瞩", "矯矫", "砲炮", "硯砚", "碩硕", "確确", "碼码",
	"磚砖", "磧碛", "磯矶", "礎础", "礙碍", "礦矿", "礪砺", "礫砾", "礬矾",
	"祕秘", "祿禄", "禍祸", "禎祯", "禕祎", "禦御", "禪禅", "禮礼", "禱祷",
	"禿秃", "秈籼", "稅税", "稈秆", "稜棱", "稟禀", "種种", "稱称", "穀谷",
	"穌稣", "積积", "穎颖", "穠秾", "穡穑", "穢秽", "穩稳", "穫获", "窩窝",
	"窪洼", "窮穷", "窯窑", "窺窥", "竄窜", "竅窍", "竇窦", "竊窃", "競竞",
	"筆笔", "筍笋", "筧笕", "箇个", "箋笺", "箏筝", "箝钳", "節节", "範范",
	"築筑", "篤笃", "篩筛", "簍篓", "簞箪", "簡简", "簣篑", "簫箫", "簷檐",
	"簽签", "簾帘", "籃篮", "籌筹", "籐藤", "籟籁", "籠笼", "籤签", "籬篱",
	"籮箩", "籲吁", "粵粤", "糝糁", "糞粪", "糧粮", "糰团", "糾纠", "紀纪",
	"紂纣", "約约", "紅红", "紆纡", "紇纥", "紉纫", "紋纹", "納纳", "紐纽",
	"純纯", "紕纰", "紗纱", "紙纸", "級级", "紛纷", "紜纭", "紡纺", "紮扎",
	"細细", "紱绂", "紲绁", "紳绅", "紹绍", "紼绋", "絀绌", "終终", "絃弦",
	"組组", "絆绊", "結结", "絕绝", "絛绦", "絞绞", "絡络", "絢绚", "給给",
	"絨绒", "絰绖", "統统", "絲丝", "絳绛", "絹绢", "綁绑", "綏绥", "綑捆",
	"經经", "綜综", "綞缍", "綠绿", "綢绸", "綬绶", "維维", "綰绾", "綱纲",
	"網网", "綴缀", "綵彩", "綸纶", "綺绮", "綻绽", "綽绰", "綾绫", "綿绵",
	"緇缁", "緊紧", "緒绪", "緘缄", "緙缂", "線线", "緝缉", "緞缎", "締缔",
	"緣缘", "編编", "緩缓", "緬缅", "緯纬", "緲缈", "練练", "緹缇", "緻致",
	"縈萦", "縉缙", "縊缢", "縐绉", "縑缣", "縛缚", "縝缜", "縞缟", "縣县",
	"縫缝", "縮缩", "縱纵", "縲缧", "縴纤", "縵缦", "縷缕", "縹缥", "總总",
	"績绩", "繃绷", "繅缫", "繆缪", "繒缯", "織织", "繕缮", "繚缭", "繞绕",
	"繡绣", "繩绳", "繪绘", "繫系", "繭茧", "繳缴", "繹绎", "繼继", "繽缤",
	"續续", "纏缠", "纓缨", "纔才", "纖纤", "纜缆", "缽钵", "罈坛", "罌罂",
	"罰罚", "罵骂", "罷罢", "羅罗", "羈羁", "羋芈", "羨羡", "義义", "羶膻",
	"習习", "翹翘", "聖圣", "聞闻", "聯联", "聰聪", "聲声", "聳耸", "聶聂",
	"職职", "聽听", "聾聋", "肅肃", "脅胁", "脈脉", "脣唇", "脫脱", "脹胀",
	"腎肾", "腦脑", "腫肿", "腳脚", "腸肠", "膚肤", "膠胶", "膩腻", "膽胆",
	"膾脍", "膿脓", "臉脸", "臍脐", "臏膑", "臘腊", "臚胪", "臟脏", "臢臜",
	"臥卧", "臨临", "臺台", "與与", "興兴", "舉举", "舊旧", "艙舱", "艦舰",
	"艱艰", "艷艳", "芻刍", "苧苎", "茲兹", "荊荆", "莊庄", "莖茎", "莢荚",
	"莧苋", "華华", "菸烟", "萇苌", "萊莱", "萬万", "萵莴", "葉叶", "著着",
	"葦苇", "葷荤", "蒐搜", "蒞莅", "蒼苍", "蓀荪", "蓆席", "蓋盖", "蓮莲",
	"蔔卜", "蔣蒋", "蔥葱", "蔭荫", "蕩荡", "蕪芜", "蕭萧", "薊蓟", "薑姜",
	"薔蔷", "薦荐", "薩萨", "薺荠", "藉借", "藍蓝", "藝艺", "藥药", "藪薮",
	"藷薯", "藹蔼", "藺蔺", "蘆芦", "蘇苏", "蘊蕴", "蘋苹", "蘚藓", "蘭兰",
	"蘿萝", "處处", "虛虚", "虜虏", "號号", "虧亏", "蛻蜕", "蜆蚬", "蝕蚀",
	"蝦虾", "蝨虱", "蝸蜗", "螞蚂", "螢萤", "螻蝼", "蟈蝈", "蟬蝉", "蟯蛲",
	"蟲虫", "蟻蚁", "蠅蝇", "蠍蝎", "蠔蚝", "蠟蜡", "蠣蛎", "蠱蛊", "蠶蚕",
	"蠻蛮", "術术", "衛卫", "衝冲", "袞衮", "裊袅", "補补", "裝装", "裡里",
	"製制", "複复", "褲裤", "褸褛", "褻亵", "襖袄", "襠裆", "襤褴", "襪袜",
	"襬䙓", "襯衬", "襲袭", "見见", "規规", "覓觅", "視视", "覦觎", "親亲",
	"覬觊", "覲觐", "覺觉", "覽览", "觀观", "觴觞", "觸触", "訂订", "訃讣",
	"計计", "訊讯", "訌讧", "討讨", "訐讦", "訓训", "訕讪", "訖讫", "託托",
	"記记", "訛讹", "訝讶", "訟讼", "訢䜣", "訣诀", "訥讷", "訪访", "設设",
	"許许", "訴诉", "訶诃", "診诊", "註注", "証证", "詁诂", "詆诋", "詐诈",
	"詔诏", "評评", "詖诐", "詛诅", "詞词", "詠咏", "詢询", "詣诣", "試试",
	"詩诗", "詫诧", "詬诟", "詭诡", "詮诠", "詰诘", "話话", "該该", "詳详",
	"詼诙", "誅诛", "誇夸", "誌志", "認认", "誑诳", "誕诞", "誘诱", "誚诮",
	"語语", "誠诚", "誡诫", "誣诬", "誤误", "誥诰", "誦诵", "誨诲", "說说",
	"誰谁", "課课", "誶谇", "誹诽", "誼谊", "調调", "諂谄", "諄谆", "談谈",
	"諉诿", "請请", "諍诤", "諒谅", "論论", "諛谀", "諜谍", "諦谛", "諧谐",
	"諫谏", "諭谕", "諮谘", "諱讳", "諳谙", "諶谌", "諷讽", "諸诸", "諺谚",
	"諼谖", "諾诺", "謀谋", "謁谒", "謂谓", "謄誊", "謊谎", "謎谜", "謐谧",
	"謗谤", "謙谦", "講讲", "謝谢", "謠谣", "謨谟", "謫谪", "謬谬", "謹谨",
	"譁哗", "證证", "譎谲", "譏讥", "識识", "譙谯", "譚谭", "譜谱", "譟噪",
	"譫谵", "譯译", "議议", "譴谴", "護护", "譽誉", "讀读", "變变", "讒谗",
	"讓让", "讖谶", "讚赞", "讜谠", "豈岂", "豎竖", "豐丰", "豔艳", "豬猪",
	"貍狸", "貓猫", "貝贝", "貞贞", "負负", "財财", "貢贡", "貧贫", "貨货",
	"販贩", "貪贪", "貫贯", "責责", "貯贮", "貲赀", "貳贰", "貴贵", "貶贬",
	"買买", "貸贷", "費费", "貼贴", "貽贻", "貿贸", "賀贺", "賁贲", "賂赂",
	"賃赁", "賄贿", "賅赅", "資资", "賈贾", "賊贼", "賑赈", "賒赊", "賓宾",
	"賜赐", "賞赏", "賠赔", "賡赓", "賢贤", "賣卖", "賤贱", "賦赋", "質质",
	"賬账", "賭赌", "賴赖", "賸剩", "賺赚", "賻赙", "購购", "賽赛", "贅赘",
	"贇赟", "贈赠", "贊赞", "贍赡", "贏赢", "贓赃", "贖赎", "贗赝", "贛赣",
	"趕赶", "趙赵", "趨趋", "跡迹", "跤交", "跼局", "踐践", "踡蜷", "踴踊",
	"蹕跸", "蹟迹", "蹣蹒", "蹤踪", "蹺跷", "躂跶", "躉趸", "躊踌", "躋跻",
	"躍跃", "躑踯", "躓踬", "躡蹑", "躪躏", "軀躯", "車车", "軋轧", "軌轨",
	"軍军", "軒轩", "軔轫", "軛轭", "軟软", "軸轴", "軻轲", "軼轶", "軾轼",
	"較较", "載载", "輊轾", "輒辄", "輓挽", "輔辅", "輕轻", "輛辆", "輜辎",
	"輝辉", "輞辋", "輟辍", "輥辊", "輦辇", "輩辈", "輪轮", "輯辑", "輳辏",
	"輸输", "輻辐", "輾辗", "輿舆", "轂毂", "轄辖", "轅辕", "轉转", "轍辙",
	"轎轿", "轔辚", "轟轰", "轡辔", "辦办", "辭辞", "辮辫", "辯辩", "農农",
	"迴回", "逕迳", "這这", "連连", "週周", "進进", "遊游", "運运", "過过",
	"達达", "違违", "遙遥", "遜逊", "遞递", "遠远", "適适", "遲迟", "遷迁",
	"選选", "遺遗", "遼辽", "邁迈", "還还", "邇迩", "邊边", "邏逻", "邐逦",
	"郵邮", "鄉乡", "鄒邹", "鄔邬", "鄧邓", "鄭郑", "鄰邻", "鄴邺", "酈郦",
	"醃腌", "醜丑", "醞酝", "醫医", "醬酱", "醱酦", "釀酿", "釁衅", "釅酽",
	"釋释", "釐厘", "釗钊", "釘钉", "釙钋", "針针", "釣钓", "釦扣", "釧钏",
	"釩钒", "釵钗", "鈉钠", "鈍钝", "鈐钤", "鈑钣", "鈔钞", "鈕钮", "鈞钧",
	"鈣钙", "鈴铃", "鈷钴", "鈸钹", "鈹铍", "鈺钰", "鈽钸", "鈾铀", "鈿钿",
	"鉀钾", "鉅钜", "鉉铉", "鉋铇", "鉍铋", "鉑铂", "鉗钳", "鉚铆", "鉛铅",
	"鉤钩", "鉸铰", "鉻铬", "銀银", "銅铜", "銑铣", "銓铨", "銖铢", "銘铭",
	"銜衔", "銨铵", "銬铐", "銲焊", "銳锐", "銷销", "銻锑", "銼锉", "鋁铝",
	"鋅锌", "鋇钡", "鋒锋", "鋤锄", "鋪铺", "鋰锂", "鋸锯", "鋼钢", "錄录",
	"錐锥", "錕锟", "錘锤", "錙锱", "錚铮", "錠锭", "錡锜", "錢钱", "錦锦",
	"錨锚", "錫锡", "錮锢", "錯错", "錳锰", "錶表", "鍊炼", "鍋锅", "鍍镀",
	"鍔锷", "鍚钖", "鍛锻", "鍥锲", "鍬锹", "鍰锾", "鍵键", "鍾钟", "鎂镁",
	"鎊镑", "鎔镕", "鎖锁", "鎗枪", "鎘镉", "鎚锤", "鎢钨", "鎧铠", "鎬镐",
	"鎮镇", "鎰镒", "鎳镍", "鏃镞", "鏈链", "鏍镙", "鏑镝", "鏗铿", "鏘锵",
	"鏜镗", "鏝镘", "鏞镛", "鏟铲", "鏡镜", "鏢镖", "鏤镂", "鏨錾", "鏵铧",
	"鏽锈", "鐃铙", "鐘钟", "鐫镌", "鐮镰", "鐲镯", "鐳镭", "鐵铁", "鐸铎",
	"鐺铛", "鑄铸", "鑑鉴", "鑒鉴", "鑠铄", "鑣镳", "鑰钥", "鑲镶", "鑷镊",
	"鑼锣", "鑽钻", "鑾銮", "鑿凿", "長长", "門门", "閂闩", "閃闪", "閉闭",
	"開开", "閎闳", "閏闰", "閑闲", "閒闲", "間间", "閔闵", "閘闸", "閡阂",
	"閣阁", "閥阀", "閨闺", "閩闽", "閭闾", "閱阅", "閻阎", "闆板", "闈闱",
	"闊阔", "闋阕", "闌阑", "闐阗", "闔阖", "闕阙", "闖闯", "關关", "闡阐",
	"闢辟", "阪坂", "陘陉", "陝陕", "陞升", "陣阵", "陰阴", "陳陈", "陸陆",
	"陽阳", "隄堤", "隊队", "階阶", "隕陨", "際际", "隨随", "險险", "隱隐",
	"隴陇", "隸隶", "隻只", "雋隽", "雖虽", "雙双", "雛雏", "雜杂", "雞鸡",
	"離离", "難难", "雲云", "電电", "霑沾", "霧雾", "霽霁", "靂雳", "靄霭",
	"靈灵", "靜静", "靦腼", "靨靥", "鞏巩", "韁缰", "韃鞑", "韉鞯", "韋韦",
	"韌韧", "韓韩", "韙韪", "韜韬", "韻韵", "響响", "頁页", "頂顶", "頃顷",
	"項项", "順顺", "須须", "頊顼", "頌颂", "頎颀", "預预", "頑顽", "頒颁",
	"頓顿", "頗颇", "領领", "頜颌", "頡颉", "頤颐", "頭头", "頰颊", "頷颔",
	"頸颈", "頹颓", "頻频", "顆颗", "題题", "額额", "顎颚", "顏颜", "顓颛",
	"願愿", "顛颠", "類类", "顥颢", "顧顾", "顫颤", "顯显", "顰颦", "顱颅",
	"風风", "颯飒", "颱台", "颳刮", "颶飓", "颺飏", "颼飕", "飄飘", "飛飞",
	"飢饥", "飩饨", "飪饪", "飭饬", "飯饭", "飲饮", "飴饴", "飼饲", "飽饱",
	"飾饰", "餃饺", "餅饼", "餉饷", "養养", "餌饵", "餒馁", "餓饿", "餘余",
	"餚肴", "餛馄", "餞饯", "餡馅", "館馆", "餵喂", "餽馈", "餾馏", "餿馊",
	"饅馒", "饉馑", "饑饥", "饒饶", "饗飨", "饜餍", "饞馋", "馬马", "馭驭",
	"馮冯", "馱驮", "馳驰", "馴驯", "駁驳", "駐驻", "駑驽", "駒驹", "駕驾",
	"駙驸", "駛驶", "駝驼", "駟驷", "駢骈", "駭骇", "駱骆", "駿骏", "騁骋",
	"騎骑", "騏骐", "騖骛", "騙骗", "騫骞", "騰腾", "騷骚", "騾骡", "驀蓦",
	"驃骠", "驅驱", "驊骅", "驍骁", "驕骄", "驗验", "驚惊", "驛驿", "驟骤",
	"驢驴", "驥骥", "驪骊", "骯肮", "髏髅", "髒脏", "體体", "髖髋", "髮发",
	"鬆松", "鬍胡", "鬚须", "鬢鬓", "鬥斗", "鬧闹", "鬨哄", "鬱郁", "魎魉",
	"魘魇", "魚鱼", "魯鲁", "魷鱿", "鮑鲍", "鮪鲔", "鮫鲛", "鮭鲑", "鮮鲜",
	"鯀鲧", "鯉鲤", "鯊鲨", "鯖鲭", "鯛鲷", "鯧鲳", "鯨鲸", "鯽鲫", "鰍鳅",
	"鰓鳃", "鰥鳏", "鰭鳍", "鰱鲢", "鰻鳗", "鰾鳔", "鱉鳖", "鱔鳝", "鱖鳜",
	"鱗鳞", "鱟鲎", "鱷鳄", "鱸鲈", "鳥鸟", "鳩鸠", "鳳凤", "鳴鸣", "鳶鸢",
	"鴆鸩", "鴉鸦", "鴒鸰", "鴕鸵", "鴛鸳", "鴣鸪", "鴦鸯", "鴨鸭", "鴻鸿",
	"鴿鸽", "鵑鹃", "鵝鹅", "鵠鹄", "鵡鹉", "鵪鹌", "鵬鹏", "鵲鹊", "鶉鹑",
	"鶯莺", "鶴鹤", "鷂鹞", "鷓鹧", "鷗鸥", "鷥鸶", "鷹鹰", "鷺鹭", "鸚鹦",
	"鸛鹳", "鸞鸾", "鹵卤", "鹹咸", "鹼碱", "鹽盐", "麗丽", "麥麦", "麩麸",
	"麵面", "麼么", "黃黄", "黌黉", "點点", "黨党", "黴霉", "黷黩", "鼇鳌",
	"鼕冬", "鼴鼹", "齊齐", "齋斋", "齒齿", "齜龇", "齟龃", "齡龄", "齣出",
	"齦龈", "齧啮", "齪龊", "齬龉", "齲龋", "齷龌", "龍龙", "龐庞", "龔龚",
	"龜龟",
};
/* clang-format on */

/* Latin letters without their marks, from Unicode's decompositions; '.' is
 * none, '#' one of the pairs below. */
static const char base_c0[] =
	"aaaaaa#ceeeeiiiidnooooo.ouuuuy##aaaaaa#ceeeeiiiidnooooo.ouuuuy#y"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiii.i##jjkkkllllllllll"
	"nnnnnnnnnoooooo##rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char base_1e00[] =
	"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmm"
	"nnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwww"
	"xxxxyyzzzzzzhtwy.s..#.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiii"
	"oooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/*
 * The surnames of about nine in ten people in China, each with its pinyin
 * and the spellings of Hong Kong, Taiwan and Singapore.
 */
static const struct {
	const char *han, *latin;
} surnames[] = {
	{ "王", "wang wong ong" },
	{ "李", "li lee" },
	{ "张", "zhang chang cheung teo" },
	{ "刘", "liu lau low" },
	{ "陈", "chen chan tan" },
	{ "杨", "yang yeung young yeo" },
	{ "赵", "zhao chao chiu" },
	{ "黄", "huang wong hwang ng" },
	{ "周", "zhou chou chow chew" },
	{ "吴", "wu ng goh" },
	{ "徐", "xu hsu chui tsui" },
	{ "孙", "sun suen" },
	{ "胡", "hu woo wu" },
	{ "朱", "zhu chu choo" },
	{ "高", "gao kao ko" },
	{ "林", "lin lam lim" },
	{ "何", "he ho" },
	{ "郭", "guo kuo kwok" },
	{ "马", "ma mah" },
	{ "罗", "luo lo law" },
	{ "梁", "liang leung neo" },
	{ "宋", "song sung" },
	{ "郑", "zheng cheng tay" },
	{ "谢", "xie hsieh tse chia" },
	{ "韩", "han hon" },
	{ "唐", "tang tong" },
	{ "冯", "feng fung foong" },
	{ "于", "yu yue" },
	{ "董", "dong tung" },
	{ "萧", "xiao hsiao siu" },
	{ "肖", "xiao hsiao siu" },
	{ "程", "cheng ching" },
	{ "曹", "cao tsao cho" },
	{ "袁", "yuan yuen" },
	{ "邓", "deng teng tang" },
	{ "许", "xu hsu hui koh" },
	{ "傅", "fu foo" },
	{ "沈", "shen shum sim" },
	{ "曾", "zeng tseng tsang chan" },
	{ "彭", "peng pang" },
	{ "吕", "lv lu lyu lui" },
	{ "苏", "su so soh" },
	{ "卢", "lu lo loo" },
	{ "蒋", "jiang chiang" },
	{ "蔡", "cai tsai choi chua" },
	{ "贾", "jia chia" },
	{ "丁", "ding ting" },
	{ "魏", "wei ngai" },
	{ "薛", "xue hsueh sit" },
	{ "叶", "ye yeh yip yap" },
	{ "余", "yu yue" },
	{ "潘", "pan poon phua" },
	{ "杜", "du tu to" },
	{ "戴", "dai tai" },
	{ "夏", "xia hsia ha" },
	{ "钟", "zhong chung" },
	{ "汪", "wang wong" },
	{ "田", "tian tien tin" },
	{ "任", "ren jen yam" },
	{ "姜", "jiang chiang keung" },
	{ "范", "fan" },
	{ "方", "fang fong" },
	{ "石", "shi shih shek" },
	{ "姚", "yao yiu" },
	{ "谭", "tan tam" },
	{ "廖", "liao liu liew" },
	{ "邹", "zou tsou chow" },
	{ "熊", "xiong hsiung hung" },
	{ "金", "jin chin kam" },
	{ "陆", "lu luk" },
	{ "郝", "hao kok" },
	{ "孔", "kong kung hung" },
	{ "白", "bai pai pak" },
	{ "崔", "cui tsui chui" },
	{ "康", "kang hong" },
	{ "毛", "mao mo" },
	{ "邱", "qiu chiu yau khoo" },
	{ "秦", "qin chin chun" },
	{ "江", "jiang chiang kong" },
	{ "史", "shi shih sze" },
	{ "顾", "gu ku koo" },
	{ "侯", "hou hau" },
	{ "邵", "shao shiu" },
	{ "孟", "meng mang" },
	{ "龙", "long lung" },
	{ "万", "wan man" },
	{ "段", "duan tuan" },
	{ "钱", "qian chien chin" },
	{ "汤", "tang tong" },
	{ "尹", "yin wan" },
	{ "黎", "li lai" },
	{ "易", "yi yick" },
	{ "常", "chang sheung" },
	{ "武", "wu mo" },
	{ "乔", "qiao chiao kiu" },
	{ "贺", "he ho" },
	{ "赖", "lai" },
	{ "龚", "gong kung" },
	{ "文", "wen man" },
};

enum script { NONE, HAN, KANA, HANGUL, LATIN, OTHER, MIXED };

/* A name folded: one sequence of characters for East Asian scripts, tokens
 * for the others. */
struct name {
	enum script script;
	uint32_t c[NAME_LEN];
	size_t n;
	bool masked;
	/* East Asian: what stood beside it */
	bool surname_only; /* 王先生 */
	bool familiar; /* 小王, 阿佳: a part of the name */
	/* the others: c[start[i]] .. c[start[i + 1]] */
	size_t start[NAME_TOKENS + 1], tokens;
};

static uint32_t simple_han(uint32_t cp)
{
	char key[4];
	if (cp < 0x4E00 || cp > 0x9FFF)
		return cp;
	utf8_put(key, cp);
	size_t lo = 0, hi = LENGTH(simplified);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(simplified[mid], key, 3);
		if (c == 0) {
			utf8_get(simplified[mid] + 3, 3, &cp);
			return cp;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return cp;
}

/* The one or two letters that a Latin one is without its marks. */
static size_t plain_latin(uint32_t cp, uint32_t out[2])
{
	static const struct {
		uint32_t cp;
		char two[3];
	} pairs[] = { { 0xC6, "ae" }, { 0xDE, "th" }, { 0xDF, "ss" },
		{ 0xE6, "ae" }, { 0xFE, "th" }, { 0x132, "ij" },
		{ 0x133, "ij" }, { 0x152, "oe" }, { 0x153, "oe" },
		{ 0x1E9E, "ss" } };
	out[0] = cp;
	char base = '.';
	if (cp >= 0xC0 && cp < 0xC0 + sizeof(base_c0) - 1)
		base = base_c0[cp - 0xC0];
	else if (cp >= 0x1E00 && cp < 0x1E00 + sizeof(base_1e00) - 1)
		base = base_1e00[cp - 0x1E00];
	if (base == '#') {
		for (size_t i = 0; i < LENGTH(pairs); i++) {
			if (pairs[i].cp != cp)
				continue;
			out[0] = (unsigned char)pairs[i].two[0];
			out[1] = (unsigned char)pairs[i].two[1];
			return 2;
		}
	} else if (base != '.') {
		out[0] = (unsigned char)base;
	}
	return 1;
}

static enum script script_of(uint32_t cp)
{
	if ((cp >= 'a' && cp <= 'z') || (cp >= 0xC0 && cp < 0x250) ||
		(cp >= 0x1E00 && cp < 0x1F00))
		return cp == 0xD7 || cp == 0xF7 ? NONE : LATIN;
	if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
		(cp >= 0x20000 && cp <= 0x3FFFF) || cp == 0x3005 ||
		cp == 0x3007)
		return HAN;
	if ((cp >= 0x3041 && cp <= 0x30FA) || (cp >= 0x30FC && cp <= 0x30FF) ||
		(cp >= 0xFF66 && cp <= 0xFF9F))
		return KANA;
	if ((cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0x1100 && cp <= 0x11FF))
		return HANGUL;
	if (cp < 0x250 || (cp >= 0x2000 && cp <= 0x303F) || cp >= 0xE000)
		return NONE;
	return OTHER;
}

static bool mask(uint32_t cp)
{
	return cp == '*' || cp == 0xD7 || cp == 0x2022 || cp == 0x25CB ||
	       cp == 0x25CF || cp == 0x67D0; /* 某 */
}

static bool ends(const struct name *a, const char *word, size_t *count)
{
	uint32_t last;
	if (a->n == 0)
		return false;
	struct view w = view_of(word);
	utf8_last(w.p, w.n, &last);
	if (a->c[a->n - 1] != last)
		return false;
	*count = utf8_count(w);
	if (a->n < *count)
		return false;
	size_t at = a->n - *count;
	for (size_t i = 0; i < w.n;) {
		uint32_t cp;
		i += utf8_get(w.p + i, w.n - i, &cp);
		if (a->c[at++] != cp)
			return false;
	}
	return true;
}

static bool is_word(const struct name *a, const char *word)
{
	size_t count;
	return ends(a, word, &count) && count == a->n;
}

/* What is written where no name is known; folded, blanks left out. */
static bool placeholder(const struct name *a)
{
	static const char *const words[] = { "na", "null", "none", "nil",
		"unknown", "anonymous", "guest", "test", "user", "customer",
		"noname", "xxx", "无", "无名", "匿名", "未知", "测试", "用户",
		"客户", "顾客", "会员", "散客", "微信用户", "匿名用户", "默认",
		"先生", "女士", "小姐", "太太", "本人", "收货人" };
	for (size_t i = 0; i < LENGTH(words); i++) {
		if (is_word(a, words[i]))
			return true;
	}
	return false;
}

static void east_asian(struct name *a)
{
	static const char *const forms[] = { "先生", "女士", "小姐", "太太",
		"夫人", "老师", "老板", "经理", "师傅", "医生", "主任", "同学",
		"阿姨", "叔叔", "姐姐", "哥哥", "总", "哥", "姐", "姨", "叔" };
	size_t count;
	for (size_t i = 0; i < LENGTH(forms); i++) {
		if (!ends(a, forms[i], &count) || a->n == count)
			continue;
		/* 李总 yes; 张伟总 is more likely a name */
		if (count == 1 && a->n != 2)
			continue;
		a->n -= count;
		a->surname_only = a->n <= 2;
		break;
	}
	if (a->n == 2 && !a->surname_only &&
		(a->c[0] == 0x5C0F || a->c[0] == 0x8001 || a->c[0] == 0x963F ||
			a->c[0] == 0x5927)) { /* 小老阿大 */
		a->c[0] = a->c[1];
		a->n = 1;
		a->familiar = true;
	}
}

static bool title(const uint32_t *c, size_t n)
{
	static const char *const titles[] = { "mr", "mrs", "ms", "miss", "dr",
		"prof", "sir", "mme", "herr", "frau", "jr", "sr" };
	for (size_t i = 0; i < LENGTH(titles); i++) {
		size_t len = strlen(titles[i]), k = 0;
		while (k < len && k < n && c[k] == (unsigned char)titles[i][k])
			k++;
		if (k == len && k == n)
			return true;
	}
	return false;
}

/* Ends the token that began at start[tokens]; empty ones and titles go. */
static bool token_end(struct name *a)
{
	size_t from = a->start[a->tokens];
	if (a->n == from || title(a->c + from, a->n - from)) {
		a->n = from;
		return true;
	}
	if (a->tokens == NAME_TOKENS)
		return false;
	a->start[++a->tokens] = a->n;
	return true;
}

/* False where it is too long to be a name. */
static bool name_of(struct view v, struct name *a)
{
	*a = (struct name){ .script = NONE };
	v = text_trim(v);
	for (size_t i = 0; i < v.n;) {
		uint32_t cp, out[2];
		i += utf8_get(v.p + i, v.n - i, &cp);
		cp = simple_han(text_lower(text_narrow(cp)));
		enum script s = script_of(cp);
		bool hidden = mask(cp);
		if (hidden) {
			a->masked = true;
			s = NONE;
			cp = '*';
		} else if (s == NONE) {
			/* O'Neil is one token, Jean-Luc two, 阿·买 one */
			bool inside = cp == '\'' || cp == 0x2019 ||
				      (cp >= 0xAD && utf8_width(cp) == 0);
			if (!inside && !token_end(a))
				return false;
			continue;
		} else if (s == OTHER && utf8_width(cp) == 0) {
			continue;
		}
		if (s != NONE && a->script != s)
			a->script =
				a->script == NONE ? s
				: (a->script == HAN && s == KANA) ||
						(a->script == KANA && s == HAN)
					? HAN
					: MIXED;
		size_t k = s == LATIN ? plain_latin(cp, out)
				      : (out[0] = cp, (size_t)1);
		if (a->n + k > NAME_LEN)
			return false;
		for (size_t j = 0; j < k; j++)
			a->c[a->n++] = out[j];
	}
	if (!token_end(a))
		return false;
	if (placeholder(a))
		a->script = NONE;
	else if (a->script == HAN || a->script == KANA || a->script == HANGUL)
		east_asian(a);
	return true;
}

static bool same_chars(const struct name *a, const struct name *b)
{
	return a->n == b->n && memcmp(a->c, b->c, a->n * sizeof(*a->c)) == 0;
}

/* Whether b is in a, in one piece. */
static bool contains(const struct name *a, const struct name *b)
{
	for (size_t i = 0; i + b->n <= a->n; i++) {
		if (memcmp(a->c + i, b->c, b->n * sizeof(*b->c)) == 0)
			return true;
	}
	return false;
}

/* Whether b is a with its first k characters put last. */
static bool turned(const struct name *a, const struct name *b, size_t k)
{
	if (a->n != b->n || k >= a->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->c[(i + k) % a->n] != b->c[i])
			return false;
	}
	return true;
}

/* What is seen at the front and at the back of both agrees; '*' stands for
 * one character or more, whatever the platform's habit. */
static bool shown_alike(const struct name *a, const struct name *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	for (size_t i = 0; i < n && a->c[i] != '*' && b->c[i] != '*'; i++) {
		if (a->c[i] != b->c[i])
			return false;
	}
	for (size_t i = 1; i <= n; i++) {
		uint32_t x = a->c[a->n - i], y = b->c[b->n - i];
		if (x == '*' || y == '*')
			break;
		if (x != y)
			return false;
	}
	return true;
}

/* Whether the shorter of two is the beginning of the other. */
static bool begins(const struct name *a, const struct name *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	return memcmp(a->c, b->c, n * sizeof(*a->c)) == 0;
}

static size_t surname_of(const struct name *a)
{
	char first[4];
	size_t n = utf8_put(first, a->c[0]), i = 0;
	while (i < LENGTH(surnames) &&
		(strlen(surnames[i].han) != n ||
			memcmp(surnames[i].han, first, n) != 0))
		i++;
	return i;
}

/* 张先生 and 伟张: b ends in a's surname and does not begin with one. */
static bool surname_last(const struct name *a, const struct name *b)
{
	return a->surname_only && a->n == 1 && b->n > 1 &&
	       b->c[b->n - 1] == a->c[0] && surname_of(b) == LENGTH(surnames);
}

/* 李建亮 and 李健亮: one character of a given name of two or more is another
 * one, as where somebody wrote it down by its sound. */
static bool one_given_apart(const struct name *a, const struct name *b)
{
	size_t apart = 0;
	if (a->n != b->n || a->n < 3 || a->c[0] != b->c[0])
		return false;
	for (size_t i = 1; i < a->n; i++)
		apart += a->c[i] != b->c[i];
	return apart == 1;
}

static enum name_verdict compare_east_asian(const struct name *a,
	const struct name *b)
{
	if (a->masked || b->masked)
		return shown_alike(a, b) ? NAME_UNKNOWN : NAME_DIFFERENT;
	if (a->surname_only || b->surname_only) {
		/* against 小静: the one a surname, the other a given name */
		if (a->familiar || b->familiar)
			return NAME_UNKNOWN;
		return begins(a, b) || surname_last(a, b) || surname_last(b, a)
			       ? NAME_UNKNOWN
			       : NAME_DIFFERENT;
	}
	if (a->familiar && b->familiar)
		return NAME_UNKNOWN;
	if (!a->familiar && !b->familiar && a->n > 1) {
		if (same_chars(a, b) || turned(a, b, 1) || turned(b, a, 1))
			return NAME_SAME;
		/* 欧阳 and the like put last */
		if (a->n > 3 && (turned(a, b, 2) || turned(b, a, 2)))
			return NAME_SAME;
	}
	if (contains(a, b) || contains(b, a) || one_given_apart(a, b))
		return NAME_UNKNOWN;
	return NAME_DIFFERENT;
}

/*
 * Tokens.
 */

enum fit { FIT_NONE, FIT_NEAR, FIT_INITIAL, FIT_FULL };

static size_t token_len(const struct name *a, size_t i)
{
	return a->start[i + 1] - a->start[i];
}

static const uint32_t *token(const struct name *a, size_t i)
{
	return a->c + a->start[i];
}

/* One edit, of texts of code points. */
static bool near(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
	while (m && n && *a == *b) {
		a++, m--;
		b++, n--;
	}
	while (m && n && a[m - 1] == b[n - 1]) {
		m--;
		n--;
	}
	return (m <= 1 && n <= 1) ||
	       (m == 2 && n == 2 && a[0] == b[1] && a[1] == b[0]);
}

/* Of two near ones of one length: the same letters. */
static bool swapped(const uint32_t *a, const uint32_t *b, size_t n)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] - b[i];
	return sum == 0;
}

static bool is_latin(const uint32_t *c, size_t n, const char *word, size_t len)
{
	if (n != len)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (c[i] != (unsigned char)word[i])
			return false;
	}
	return true;
}

/* The names that are called so differently that no rule of letters finds
 * them; a name and its short forms on a line. */
static bool nicknames(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
	static const char *const lines[] = { "alexander sasha xander",
		"andrew drew", "anthony tony", "antonio tonio toni",
		"barbara babs barb", "catherine kate kathy cathy katie kitty",
		"charles chuck charlie", "daniel dan danny", "david dave",
		"edward ted ned eddie", "elizabeth liz beth betty lisa eliza",
		"francis frank", "gerald jerry", "helen nell", "henry harry",
		"jacob jake", "james jim jimmy jamie", "john jack johnny",
		"joseph joe joey", "katherine kate kathy katie kitty",
		"lawrence larry", "margaret peggy maggie meg greta",
		"mary molly polly", "michael mike mick mikey", "nicholas nick",
		"patricia pat patty trish tricia", "patrick paddy",
		"rebecca becky", "richard dick rick ricky", "robert bob bobby",
		"ronald ron", "sarah sally", "stephen steve", "steven steve",
		"susan sue susie", "theodore ted", "thomas tom tommy",
		"victoria vicky tori", "william bill billy will" };
	for (size_t i = 0; i < LENGTH(lines); i++) {
		bool has_a = false, has_b = false;
		for (const char *w = lines[i]; *w;) {
			size_t len = strcspn(w, " ");
			has_a |= is_latin(a, m, w, len);
			has_b |= is_latin(b, n, w, len);
			w += len + (w[len] == ' ');
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

static enum fit token_fit(const struct name *a, size_t i, const struct name *b,
	size_t j)
{
	const uint32_t *x = token(a, i), *y = token(b, j);
	size_t m = token_len(a, i), n = token_len(b, j), least = m < n ? m : n;
	size_t front = 0, back = 0;
	while (front < least && x[front] != '*' && y[front] != '*') {
		if (x[front] != y[front])
			break;
		front++;
	}
	if (front == least && m == n)
		return m > 1 ? FIT_FULL : FIT_INITIAL;
	if (front == least && (least == 1 || least >= 3))
		return least == 1 ? FIT_INITIAL : FIT_NEAR;
	if (front < least && (x[front] == '*' || y[front] == '*')) {
		while (back < least - front && x[m - 1 - back] != '*' &&
			y[n - 1 - back] != '*') {
			if (x[m - 1 - back] != y[n - 1 - back])
				return FIT_NONE;
			back++;
		}
		return FIT_NEAR;
	}
	/* A letter replaced makes another name of a short one (Jane, Jade). */
	if (least >= 3 && near(x, m, y, n) &&
		(least >= 5 || m != n || swapped(x, y, n)))
		return FIT_NEAR;
	return nicknames(x, m, y, n) ? FIT_NEAR : FIT_NONE;
}

/* Whether the letters are the same once run together, b's tokens beginning
 * anywhere: "Zhang Xiao Ming", "Xiaoming Zhang". */
static bool run_together(const struct name *a, const struct name *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < b->tokens; i++) {
		if (turned(b, a, b->start[i] % b->n))
			return true;
	}
	return false;
}

/* b has as many tokens as a, or more. */
static enum name_verdict compare_tokens(const struct name *a,
	const struct name *b)
{
	bool used_a[NAME_TOKENS] = { 0 }, used_b[NAME_TOKENS] = { 0 };
	size_t count[4] = { 0 };
	for (int fit = FIT_FULL; fit > FIT_NONE; fit--) {
		for (size_t i = 0; i < a->tokens; i++) {
			for (size_t j = 0; j < b->tokens && !used_a[i]; j++) {
				if (used_b[j] ||
					(int)token_fit(a, i, b, j) != fit)
					continue;
				used_a[i] = used_b[j] = true;
				count[fit]++;
			}
		}
	}
	size_t full = count[FIT_FULL];
	if (full + count[FIT_INITIAL] + count[FIT_NEAR] < a->tokens)
		return NAME_DIFFERENT;
	if (a->tokens < 2 || full == 0 || count[FIT_NEAR])
		return NAME_UNKNOWN;
	return a->tokens == b->tokens || full >= 2 ? NAME_SAME : NAME_UNKNOWN;
}

/* Whether a spelling of a surname is a token. */
static bool has_spelling(const struct name *a, const char *word, size_t len)
{
	for (size_t i = 0; i < a->tokens; i++) {
		if (is_latin(token(a, i), token_len(a, i), word, len))
			return true;
	}
	return false;
}

/* Two tokens written out, and no spelling of the surname among them, are
 * somebody else; short of that nothing can be said. */
static enum name_verdict compare_han_latin(const struct name *han,
	const struct name *latin)
{
	size_t whole = 0;
	for (size_t i = 0; i < latin->tokens; i++)
		whole += token_len(latin, i) > 1;
	if (han->familiar || han->masked || latin->masked || whole < 2 ||
		whole < latin->tokens)
		return NAME_UNKNOWN;
	size_t i = surname_of(han);
	if (i == LENGTH(surnames))
		return NAME_UNKNOWN;
	for (const char *spelling = surnames[i].latin; *spelling;) {
		size_t len = strcspn(spelling, " ");
		if (has_spelling(latin, spelling, len))
			return NAME_UNKNOWN;
		spelling += len + (spelling[len] == ' ');
	}
	return NAME_DIFFERENT;
}

enum name_verdict name_compare(struct view a, struct view b)
{
	struct name x, y;
	if (!name_of(a, &x) || !name_of(b, &y) || x.script == NONE ||
		y.script == NONE)
		return NAME_UNKNOWN;
	if (x.script == MIXED || y.script == MIXED)
		return x.script == y.script && same_chars(&x, &y)
			       ? NAME_SAME
			       : NAME_UNKNOWN;
	if (x.script == HAN && y.script == LATIN)
		return compare_han_latin(&x, &y);
	if (x.script == LATIN && y.script == HAN)
		return compare_han_latin(&y, &x);
	if (x.script != y.script)
		return NAME_UNKNOWN;
	if (x.script == HAN || x.script == KANA || x.script == HANGUL)
		return compare_east_asian(&x, &y);
	if (x.tokens == 0 || y.tokens == 0)
		return NAME_UNKNOWN;
	if (!x.masked && !y.masked && x.tokens + y.tokens > 2 &&
		(run_together(&x, &y) || run_together(&y, &x)))
		return NAME_SAME;
	/* the same pair in the same order, whichever came first */
	int order = (x.tokens > y.tokens) - (x.tokens < y.tokens);
	if (order == 0)
		order = x.n != y.n ? (x.n > y.n) - (x.n < y.n)
				   : memcmp(x.c, y.c, x.n * sizeof(*x.c));
	return order > 0 ? compare_tokens(&y, &x) : compare_tokens(&x, &y);
}
