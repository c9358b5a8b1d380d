"""Hand-written and rule-made questions with their intent, Korean and English.

Every list here was written for this file. Templates are filled with words of offices, shops and
encyclopedias; nothing is taken from a question set.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

Labelled = tuple[str, str]

CHAT_EN = """
hi|hello|hey there|good morning|good evening everyone|hi, how are you?|how are you doing today?
what's up?|how's it going?|nice to meet you|thanks|thank you so much|thanks a lot, that helped
great, thanks!|perfect|ok|okay then|got it|I see|cool|awesome work|well done|you're great|lol|haha
bye|goodbye|see you later|talk to you tomorrow|have a nice day|good night|sorry|never mind
forget it|no, that's all|that's everything, thanks|yes please|no thanks|who are you?
what are you?|what is your name?|are you a robot?|are you human?|who made you?
what can you do?|what can you do for me?|how can you help me?|help|can you help me?
I need some help|do you speak Korean?|which languages do you speak?|do you have feelings?
are you happy?|do you like music?|do you ever sleep?|how old are you?|where do you live?
tell me a joke|tell me something funny|sing me a song|write a poem for me|I'm bored
I'm so tired today|I feel sad|what a day|I love you|you are stupid|that's wrong|you're wrong
that is not what I asked|can you say that again?|please repeat|I don't understand you
let's talk about something else|what do you think about life?|what's your favourite colour?
do you remember me?|how was your weekend?|happy new year|merry christmas|congratulations!
test|testing 1 2 3|anyone there?|are you there?|hello??|just checking if you work|one moment please
wait|hmm|really?|why not?|sounds good|let me think|I'll be right back|I have a question
may I ask you something?|could you be a bit friendlier?|speak more slowly please
you made my day|I appreciate your help|good job, assistant|nice weather today, isn't it?
what should I have for lunch?|are you smarter than me?|can we be friends?
thanks for explaining|thank you, you're kind|many thanks|thanks, I'll try that|that answers it
that was quick|brilliant|lovely|excellent work|I'm impressed|not bad|no worries|my bad|oops
I had a long day at work|I'm having a bad morning|it's raining again|I can't wait for Friday
I need a coffee|I'm going home now|see you on Monday|take care|cheers|hold on|give me a minute
let me try again|start again please|say that differently|make it shorter please|go on
can you explain yourself better?|do you like your job?|do you eat?|do you have a family?
what is love?|what makes you happy?|do you know any games?|let's play a game|entertain me
are you awake?|can anyone hear me?|is this thing on?|you are funny|you sound tired|don't worry
I'm only joking|I was just kidding|I'm curious about you|tell me about yourself|who do you like?
what would you do in my place?|give me some advice for life|wish me luck|I passed my exam!
"""
CHAT_KO = """
안녕|안녕하세요|안녕하십니까|반가워요|처음 뵙겠습니다|좋은 아침이에요|잘 지냈어?|잘 지내세요?
오늘 기분이 어때?|뭐 하고 있어?|고마워|고맙습니다|감사합니다|정말 감사해요, 도움이 됐어요
큰 도움이 됐습니다|네|아니요|응|그래|알겠습니다|알겠어요|이해했어요|오케이|좋아요|완벽해요|최고예요
잘했어|대단하네요|ㅎㅎ|ㅋㅋㅋ|잘 가|안녕히 계세요|다음에 봐요|내일 또 올게요|좋은 하루 보내세요
수고하세요|수고하셨습니다|미안해|죄송합니다|됐어요|괜찮아요|아무것도 아니에요|그게 다예요|더 없어요
너는 누구야?|당신은 누구세요?|이름이 뭐예요?|너 이름이 뭐니?|사람이에요?|로봇이야?|누가 만들었어?
뭘 할 수 있어요?|무엇을 도와줄 수 있나요?|무슨 일을 하세요?|어떻게 도와줄 거야?|도와줘|도와주세요
도움이 필요해요|질문이 있어요|뭐 하나 물어봐도 돼요?|영어도 할 줄 알아?|몇 개 국어를 해요?
감정이 있어?|행복해?|음악 좋아해?|잠은 자니?|몇 살이에요?|어디 살아?|농담 하나 해줘|재미있는 얘기 해줘
노래 불러줘|시 한 편 써줘|심심해|오늘 너무 피곤하다|우울해요|힘든 하루였어|사랑해|바보야|틀렸어
그게 아니잖아|내가 물어본 건 그게 아니야|다시 말해줘|다시 한번 말씀해 주세요|무슨 말인지 모르겠어요
다른 얘기 하자|인생이 뭐라고 생각해?|좋아하는 색이 뭐야?|나 기억해?|주말 잘 보냈어?
새해 복 많이 받으세요|메리 크리스마스|축하해요!|테스트|테스트입니다|거기 있어요?|아무도 없나요?
여보세요?|작동하는지 보려고요|잠깐만요|기다려 주세요|음...|정말요?|왜 안 돼?|좋은 생각이네요
생각 좀 해볼게요|금방 올게요|좀 더 친절하게 말해줘|천천히 말해주세요|덕분에 살았어요
오늘 날씨 좋네요|점심 뭐 먹을까?|나보다 똑똑해?|우리 친구 할래?|말동무 해줘|졸리다|배고파
설명 고마워요|친절하시네요|그렇게 해볼게요|답이 됐어요|빠르네요|훌륭해요|굿|나쁘지 않네|괜찮네요|앗 실수
일이 너무 많았어|아침부터 기분이 별로야|또 비가 오네|빨리 금요일이면 좋겠다|커피 마시고 싶다|이제 집에 가요
월요일에 봐요|조심히 들어가세요|잠시만요|다시 해볼게요|처음부터 해줘|더 짧게 말해줘|계속해|쉽게 말해줘
넌 일이 재밌어?|밥은 먹니?|가족이 있어?|사랑이 뭐야?|언제 행복해?|게임 하자|끝말잇기 할래?|심심한데 놀자
깨어 있어?|내 말 들려?|웃기다|걱정하지 마|장난이야|그냥 해본 말이야|네가 궁금해|너에 대해 말해줘
네가 나라면 어떻게 할 거야?|인생 조언 좀 해줘|행운을 빌어줘|나 시험 붙었어!|화이팅|응원해줘|보고 싶었어
인사해봐|기계랑 얘기하니 신기하다|너 AI야?|챗봇이니?|잘했다고 해줘|한숨만 나온다|눈물 난다
"""
TONES_EN = ("{}", "{}", "{}!", "{} :)", "oh, {}", "{}, assistant", "well, {}")
TONES_KO = ("{}", "{}", "{}!", "{} ^^", "아, {}", "{} ㅎㅎ", "음, {}")

TOPICS_EN = """
annual leave|sick leave|parental leave|the refund|travel expenses|the company card|overtime pay
the probation period|the notice period|remote work|the meeting room|the VPN|password resets
the security training|the warranty|the delivery|the subscription|a purchase order|the backup job
the release process|the on-call rota|the style guide|the pricing plan|the trial account
the data retention period|the visitor badge|the parking space|the health check|the laptop loan
the referral bonus|the lunch allowance|the invoice|the contract renewal|the incident report
"""
FACT_EN = """
What is the limit for {}?|How long does {} last?|Who approves {}?|How do I request {}?
Where do I apply for {}?|When must I apply for {}?|How much is paid for {}?|Is {} possible for interns?
Who is in charge of {}?|What documents are needed for {}?|How many days does {} take?
Can I cancel {}?|Does {} cover weekends?|What happens to {} when I resign?|Why was {} introduced?
Which form is used for {}?|What does the handbook say about {}?|Explain {} to me.
Tell me the rules for {}.|Do contractors get {}?|By when is {} settled?|How often is {} reviewed?
What is meant by {}?|What changed for {} in 2024?|Where can I find the page about {}?
List the steps for {}.|Do I need approval for {}?|How do I change {}?|Summarise the policy on {}.
"""
TOPICS_KO = """
연차|병가|육아휴직|환불|출장비|법인카드|연장근로수당|수습 기간|퇴사 통보|재택근무|회의실|VPN 접속
비밀번호 초기화|보안 교육|보증 기간|배송|구독|구매 요청|백업 작업|배포 절차|당직 근무|스타일 가이드
요금제|체험 계정|데이터 보관 기간|방문증|주차 공간|건강검진|노트북 대여|추천 보너스|식대|세금계산서
계약 갱신|장애 보고서|복리후생|교육비 지원|사내 대출|명함 신청|경조금|자율 출퇴근
"""
FACT_KO = """
{} 한도는 얼마인가요?|{}은 며칠까지 가능한가요?|{}는 누가 승인하나요?|{} 신청은 어떻게 하나요?
{}은 어디에서 신청해요?|{}를 언제까지 신청해야 하나요?|{} 담당자가 누구예요?|{}에 필요한 서류는 무엇인가요?
{}는 취소할 수 있나요?|인턴도 {} 쓸 수 있어요?|{} 규정 알려줘|{} 절차를 설명해 주세요|{}이란 무엇인가요?
퇴사하면 {}은 어떻게 되나요?|{} 기준이 뭐예요?|{}이 왜 생겼나요?|{} 관련 문서는 어디에 있나요?
{} 방법|{} 얼마나 걸리나요?|2024년에 {}가 어떻게 바뀌었나요?|주말에도 {} 가능해요?|{}의 정의는?
{}는 몇 번까지 되나요?|{} 비용은 회사가 내나요?|계약직도 {} 대상인가요?|{}을 변경하려면?|{} 주기는?
{}에 대해 알려주세요|{} 승인을 받아야 하나요?|{} 양식은 무엇을 쓰나요?
"""

SHORT_EN = """
opening hours|password|price list|limit|deadline|contact|phone number|form|address|template|map
error code|default settings|setup guide|rules|requirements|eligibility|checklist|schedule|fees
"""
SHORT_KO = """
운영 시간|비밀번호|가격표|상한|마감일|연락처|전화번호|양식|주소|서식|약도|오류 코드|기본 설정|설치 방법
규정|요건|대상|점검표|일정|수수료|신청 방법|바꾸는 법|금액|기한|담당자|위치|절차|차감 기준|유효 기간
"""
PLAIN_EN = """
Who is the {r} of {a}?|What is the {r} of {a}?|Who is {a}'s {r}?|What is {a}'s {r}?|{a} {r}
what is the name of {a}'s {r}?|who was {a}'s {r}|Tell me the {r} of {a}|the {r} of {a}?
Where is {a}?|When was {a} born?|When did {a} open?|What is {a} known for?|Where did {a} die?
what does {a} do?|In what year did {a} begin?|How old is {a}?|What killed {a}?|Who founded {a}?
"""
PLAIN_KO = """
{a}의 {r}는 누구인가요?|{a}의 {r}는 무엇인가?|{a} {r}|{a}의 {r}은?|{a}의 {r}가 누구야?|{a}는 언제 태어났나요?
{a}은 어디에 있나요?|{a}의 {r} 이름은?|{a}를 만든 사람은?|{a}이 설립된 해는?|{a}에서 일어난 일은?|{a}의 위치는?
{a}의 {r}를 알려줘|{a}는 무엇으로 유명한가요?|{a}가 시작된 연도는?|{a}은 몇 년에 문을 열었나?
"""

NAMES_EN = """
Marlow House|Operation Lantern|The Silent Harbour|Edith Calloway|Northbridge|Kestrel Airlines
The Glass Orchard|Tomas Varga|Lake Ilmen|The Copper Sky|Harlan Brothers|Saint Aldric|Port Wexley
Project Juniper|The Long Winter|Amara Osei|Fort Dunmore|River Teal|The Paper Kite|Ilse Brandt
"""
NAMES_KO = """
한빛 주식회사|은하수 프로젝트|고요한 항구|김도윤|북천시|새벽 항공|유리 정원|박서진|청담호|구리빛 하늘
이하람|백운산성|푸른 종이|무등 그룹|오래된 겨울|정다온|송악 대학교|다온 영화사|매화 작전|최은결
"""
RELATIONS_EN = """
director|author|founder|composer|spouse|father|mother|performer|producer|birthplace|capital
manager|employer|publisher|headquarters|parent company|editor|owner|successor|country
husband|wife|son|daughter|kid|child|dad|mom|parent|sibling|brother|sister|partner|nationality|religion
job|gender|cause of death|place of birth|place of burial|hometown|school|ethnicity|boss|deputy
"""
RELATIONS_KO = """
감독|저자|설립자|작곡가|배우자|아버지|어머니|출연자|제작자|출생지|수도|대표|소속 회사|출판사|본사
모회사|편집자|소유주|후임자|국적|소관 부처|담당 부서|팀장|승인자
"""
SEVERAL_EN = """
Who is the {r} of the {s} of {a}?|When was the {r} of {a} born?|Where did the {r} of {a} die?
What is the {r} of the {s} of {a}?|Which is older, {a} or {b}?|Who was born first, {a} or {b}?
Are {a} and {b} from the same country?|Do {a} and {b} have the same {r}?
Which of {a} and {b} has the earlier {r}?|What nationality is the {r} of {a}?
Who is {a}'s {r}'s {s}?|What awards did the {r} of {a} receive?|Which film by the {r} of {a} came first?
Where does the {r} of the {s} of {a} live?|Name the {r} of everyone who worked with the {s} of {a}
the {r} of the {s} of {a} is who|which {r} is shared by {a} and {b}|in which city did the {r} of {a} work
What other works did the {r} of {a} make?|Which {r} also worked for the {s} of {a}?
Did {a} and {b} share a {r}?|Is the {r} of {a} the same as the {r} of {b}?
what is the {r} of {a}'s {s}?|what is {a}'s {r}'s {s}?|{a}'s {r}'s {s}|who is the {r} of {a}'s {s}?
where does {a}'s {r}'s {s} work?|what is the name of the {r} of {a}'s {s}?|what killed {a}'s {r}?
when was {a}'s {r} born?|where did {a}'s {r} die?|where does the {r} of {a} come from?
what {r} does {a}'s {s} have?|which {r} did {a}'s {s} go to?|the {r} of {a}'s {s}?
what is the {r} of the person who founded {a}?|who is the {r} of the one that wrote {a}?
where was the person who designed {a} born?|which country is home to the company that owns {a}?
what is the {r} of the city where {a} was born?|which {r} belongs to the country that {a} lies in?
what language is spoken where {a} comes from?|who led the country in which {a} was built?
when did the firm that made {a} start?|who trained the trainer of {a}?|which school did the {r} of {a} attend?
who employs the person that looks after {t}?|what is the email of whoever is in charge of {t}?
of {t} and {u}, which is cheaper?|is the limit for {t} higher than the one for {u}?
how much more does {t} cost than {u}?|by how many days is {t} longer than {u}?|do {t} and {u} follow the same rules?
when was the team that runs {t} set up and who leads it?|which of the two, {t} or {u}, takes longer?
Compare {t} with {u}.|What is the difference between {t} and {u}?|Which lasts longer, {t} or {u}?
Which costs more, {t} or {u}?|Is {t} handled by the same team as {u}?
Who manages the person who approves {t}?|Who is the deputy of the person in charge of {t}?
If {t} overlaps with {u}, which one counts first?|How much do {t} and {u} cost together?
What is the phone number of the manager who approves {t}?|Do both {t} and {u} need approval?
How long is {t} and who approves {u}?|Which documents are needed for both {t} and {u}?
"""
SEVERAL_KO = """
{a}의 {r}의 {s}는 누구인가요?|{a}의 {r}은 언제 태어났나요?|{a}의 {r}는 어디에서 죽었나요?
{a}의 {r}의 {s}는 무엇인가요?|{a}와 {b} 중 어느 쪽이 더 오래되었나요?|{a}와 {b} 중 누가 먼저 태어났나요?
{a}와 {b}는 같은 나라에 있나요?|{a}와 {b}의 {r}는 같은 사람인가요?|{a}의 {r}의 국적은?
{a}을 만든 {r}의 다른 작품은 무엇인가요?|{a}의 {r}가 태어난 도시의 {s}는?|{a}의 {r}가 받은 상은?
{a}와 {b}의 공통된 {r}는 누구인가요?|{a}의 {r}이 다닌 학교의 {s}는 누구인가요?
{a}의 {r}의 {s}이 속한 곳은 어디인가요?|{a} {r}의 {s}가 누구야?|{a}를 설립한 사람의 {r}는?
{a}를 이끄는 사람의 {r}는?|{a}을 쓴 사람의 {r}은 누구인가?|{a}를 지은 사람이 태어난 곳은 어디인가?
{a}의 {r}가 졸업한 학교는?|{a}이 있는 나라의 {r}는 누구인가?|{a}를 인수한 회사의 {r}은?|{a}가 태어난 도시의 인구는?
{a}의 {r}의 {s}는?|{a}의 {r}의 {s} 이름은 무엇인가?|{a}와 {b} 가운데 더 먼저 문을 연 곳은?|{a}와 {b} 중 규모가 큰 쪽은?
{t}와 {u}는 얼마나 차이 나나요?|{t}와 {u}는 신청하는 곳이 같은가요?|{t}는 {u}의 몇 배인가요?
{t}를 맡은 사람이 자리를 비우면 대리인은 누구인가요?|{t} 대신 {u}를 쓰면 얼마를 아끼나요?
{t}와 {u}의 차이가 뭐예요?|{t}와 {u} 중 어느 것이 더 긴가요?|{t}랑 {u} 중에 뭐가 더 비싸요?
{t}를 승인하는 사람의 상사는 누구인가요?|{t} 담당자의 대리인은 누구예요?|{t}와 {u}를 비교해 주세요
{t}와 {u} 둘 다 승인이 필요한가요?|{t}와 {u}가 겹치면 무엇이 먼저 적용되나요?
{t}는 며칠이고 {u}는 누가 승인하나요?|{t}와 {u}를 합하면 모두 얼마인가요?
{t} 승인자의 연락처는 무엇인가요?|{t}를 담당하는 부서의 팀장은 누구인가요?
{t}보다 {u}가 더 오래 걸리나요?|{t}와 {u}의 신청 기한은 각각 언제인가요?|{t}에도 {u}와 같은 서류가 필요한가요?
"""


def _items(text: str) -> list[str]:
    return [item.strip() for line in text.strip().splitlines() for item in line.split("|") if item]


def chat(seed: int) -> Iterator[Labelled]:
    """Small talk, each line in a few tones."""
    chance = random.Random(seed)
    for lines, tones in ((CHAT_EN, TONES_EN), (CHAT_KO, TONES_KO)):
        for item in _items(lines):
            for tone in chance.sample(tones, 3):
                yield tone.format(item), "chat"


def facts(seed: int, count: int) -> Iterator[Labelled]:
    """Questions for one fact, half Korean."""
    chance = random.Random(seed)
    for frames, topics in ((FACT_EN, TOPICS_EN), (FACT_KO, TOPICS_KO)):
        for _ in range(count // 2):
            yield chance.choice(_items(frames)).format(chance.choice(_items(topics))), "fact"


def plain(seed: int, count: int) -> Iterator[Labelled]:
    """Questions for one relation of one name, and search words, half Korean."""
    chance = random.Random(seed)
    kinds = (
        (PLAIN_EN, NAMES_EN, RELATIONS_EN, TOPICS_EN, SHORT_EN),
        (PLAIN_KO, NAMES_KO, RELATIONS_KO, TOPICS_KO, SHORT_KO),
    )
    for frames, names, relations, topics, short in kinds:
        for _ in range(count // 2):
            name, relation = chance.choice(_items(names)), chance.choice(_items(relations))
            yield chance.choice(_items(frames)).format(a=name, r=relation), "fact"
            words = [chance.choice(_items(topics)), chance.choice(_items(short))]
            yield " ".join(words), "fact"


ENDINGS_KO = """
사람은?|사람은 누구인가?|인물은?|인물의 이름은?|해는?|해는 언제인가?|때는?|날짜는?|날은 언제인가?|곳은?|곳은 어디인가?
것은?|것은 무엇인가?|이유는?|이유는 무엇인가요?|나라는?|도시는 어디인가?|단체는?|작품은?|작품의 이름은 무엇인가?|책은?
기관은?|회사는 어디인가?|사건은?|방법은?|용어는?|횟수는 몇 번인가?|수는 얼마인가?|기간은?|직책은?|노래는?
"""
_ADNOMINAL = re.compile(
    r"(?:[한된던인]|[가-힣]은|하는|되는|있는|없는|받은|맡은|만든|이룬|세운|낸)$"
)
_MIDDLES_KO = ("누구인가?", "언제인가?", "무엇인가?", "어디인가?", "누구인가요?", "몇 명인가?",
               "무엇을 했는가?", "언제 시작되었나?", "어떻게 되었나?", "얼마인가?")  # fmt: skip


def clozes(texts: list[str], seed: int, count: int) -> Iterator[Labelled]:
    """Korean questions for one fact made of sentences of an encyclopedia: their beginning up to
    an adnominal verb, and a noun that asks; or their subject, and a word that asks.
    """
    chance = random.Random(seed)
    made = 0
    while made < count:
        words = chance.choice(texts).split()[:12]
        at = [n for n, word in enumerate(words) if n > 1 and _ADNOMINAL.search(word)]
        if at:
            made += 1
            question = " ".join(words[: chance.choice(at) + 1])
            yield f"{question} {chance.choice(_items(ENDINGS_KO))}", "fact"
        elif len(words) > 3 and words[1][-1] in "은는이가의":
            made += 1
            yield f"{' '.join(words[:2])} {chance.choice(_MIDDLES_KO)}", "fact"


def several(seed: int, count: int) -> Iterator[Labelled]:
    """Questions that need several look-ups, half Korean."""
    chance = random.Random(seed)
    kinds = (
        (SEVERAL_EN, NAMES_EN, RELATIONS_EN, TOPICS_EN),
        (SEVERAL_KO, NAMES_KO, RELATIONS_KO, TOPICS_KO),
    )
    for frames, names, relations, topics in kinds:
        for _ in range(count // 2):
            a, b = chance.sample(_items(names), 2)
            r, s = chance.sample(_items(relations), 2)
            t, u = chance.sample(_items(topics), 2)
            frame = chance.choice(_items(frames))
            yield frame.format(a=a, b=b, r=r, s=s, t=t, u=u), "multi-hop"
