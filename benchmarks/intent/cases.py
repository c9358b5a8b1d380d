"""Questions written by hand to measure the intent classifier; none stands in its training."""

CHAT = """
hiya|morning!|howdy|thx|cheers, mate|many thanks for the quick reply|that was useful
ok cool, talk later|have a great weekend|pleased to meet you|how's your day going so far?
are you a real person or a machine?|what should I call you?|who's your boss?
can you tell me a riddle?|I had an awful meeting this morning|you really saved my skin today
could you say it in other words?|hang on a second|let's start over|what is the meaning of life?
do you dream?|you seem nice|I'm just playing around|is anybody home?|ping|good grief|wow
what do you like to eat?|ㅎㅇ|하이하이|안뇽|반갑습니다 여러분|고마워용|땡큐|감사감사|덕분에 잘 해결됐어요
오 대박|헐|짱이다|이만 가볼게요|푹 쉬세요|퇴근합니다~|오늘도 힘내세요|너 진짜 똑똑하구나
혹시 인공지능인가요?|뭐라고 불러야 해요?|수수께끼 하나 내줘|회의가 너무 길었어 ㅠㅠ|속상하네요
방금 한 말 다시 해줄래?|처음부터 다시 하자|아 아니에요 제가 착각했어요|꿈을 꾸기도 하나요?
요즘 재밌는 거 없나|그냥 심심해서 말 걸어봤어|잘 들리나요?|귀엽네|농담이야
"""

SEVERAL_KO = """
마케팅팀을 이끄는 사람이 이전에 일했던 회사는 어디인가요?|세종대왕의 아들 가운데 왕이 된 사람의 무덤은 어디에 있나요?
서울 사무소와 부산 사무소 가운데 직원이 더 많은 쪽은?|영화 기생충을 감독한 사람이 졸업한 대학교는?
훈민정음을 만든 왕의 아버지는 누구인가?|노트북 대여와 모니터 대여는 신청하는 곳이 같은가요?
가장 비싼 요금제의 저장 용량은 가장 싼 요금제의 몇 배인가요?|정규직과 계약직의 연차 일수는 얼마나 차이 나나요?
이 제품을 만든 회사의 본사가 있는 도시의 인구는?|보안 사고를 접수하는 팀의 팀장 이메일은?
휴가 신청서를 결재하는 사람이 부재중이면 그 대리인은 누구인가요?|두 창고 중 더 먼저 문을 연 곳은 어디인가요?
에펠탑이 있는 나라의 대통령은 누구인가?|소설 토지의 작가가 태어난 곳은 지금의 어느 시인가?
서버 장애와 네트워크 장애의 대응 시간은 각각 몇 분인가요?|A요금제 대신 B요금제를 쓰면 한 달에 얼마를 아끼나요?
국립공원 지정을 담당하는 부처의 장관은 누구인가요?|갤럭시와 아이폰 중 보증 기간이 더 긴 것은 무엇입니까?
출장 승인권자와 구매 승인권자는 같은 사람인가요?|최초의 한글 소설을 쓴 사람의 형은 어떤 벼슬을 했나요?
환불 기한은 며칠이며 교환 기한은 며칠인가요?|올해 입사한 사람들의 교육을 맡은 부서의 위치는?
"""

SEVERAL_EN = """
which university did the person who runs our Berlin office attend?
is the fee for express shipping higher than the one for returns?
what's the email of whoever signs off on purchase orders above ten thousand?
who was president of the country where the Eiffel Tower stands when it was built?
of our two warehouses, which opened earlier and who runs it?
do interns and contractors get the same number of days off?
how much more does the Pro plan cost than the Basic plan per year?
what river flows through the city where Beethoven was born?
what language is spoken in the birthplace of the inventor of dynamite?
name the head of the team that handles security incidents reported by partners
which of the two printers, the X1 or the X2, can print more pages per minute?
when did the company that bought our supplier go public?
who taught the teacher of Alexander the Great?
if my manager is away, who signs the form that HR needs for parental leave?
"""

FACTS = """
opening hours of the canteen?|wifi password for guests|can I bring my dog to the office
what's the max file size for uploads|where do I send my timesheet|how to turn off notifications
maximum hotel price per night in Tokyo|is there a dress code|what is Kubernetes
when does the fiscal year end|how do I install the printer driver|what does error E42 mean
구내식당 운영 시간|손님용 와이파이 비번 뭐예요|사무실에 강아지 데려와도 되나요|업로드 최대 용량
근태 기록은 어디에 내나요|알림 끄는 법|도쿄 출장 숙박비 상한|복장 규정 있나요|쿠버네티스가 뭐예요
회계연도는 언제 끝나요|프린터 드라이버 설치 방법|에러 E42가 무슨 뜻인가요|사원증을 잃어버렸어요 어떡하죠
"""


def items(text: str) -> list[str]:
    """The questions of a list."""
    return [item.strip() for line in text.strip().splitlines() for item in line.split("|") if item]
