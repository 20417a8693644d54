"""The mark `national`: a text touches sovereignty, not only the weather, a street or a view of the sea. All sentences are our own."""

from __future__ import annotations

import re

import pytest

from pipelines.places import Matcher
from pipelines.places.patterns import by_first_letter

NOW = "2026-03-10"


@pytest.mark.parametrize(
    ("text", "national"),
    [
        ("Việt Nam khẳng định chủ quyền đối với quần đảo Hoàng Sa và Trường Sa.", True),
        ("Tàu cá bị tàu sắt áp sát, cắt lưới ở Biển Đông.", True),
        ("Bão số 9 giật cấp 14 trên Biển Đông, vùng biển Hoàng Sa sóng cao 8 m, áp thấp mạnh thêm.", False),
        ("Biển đông nghịt người ngày lễ.", False),
        ("Công ty đạt cột mốc một triệu khách hàng.", False),
        ("Tổ tuần tra lau bụi cột mốc biên giới số 92, nơi giáp Vân Nam của Việt Nam.", True),
        ("Món lưỡi bò nướng muối ớt ai cũng mê.", False),
        ("Bản đồ có đường lưỡi bò bị gỡ khỏi ứng dụng.", True),
        ("Kẹt xe trên đường Hoàng Sa, gần cầu Thị Nghè.", False),
        ("Thái Lan và Campuchia ngừng bắn dọc biên giới.", False),
        ("Lễ hội ở Quảng trường Sa Đéc thu hút đông khách.", False),
        ("Đội nhà quyết phải chiến thắng để giành ngôi đầu.", False),
        ("Đá 9 vạch kẻ đường ở tuyến đường đoạn qua xã được sơn lại.", False),
        ("Cột mốc 3 tỷ lượt xem đã bị vượt qua.", False),
        ("Tàu qua vùng biển Đông Nam Á gặp gió nhẹ.", False),
        ("Lực lượng nhà giàn DK1 đón Tết.", True),
        ("The tribunal rejected the nine-dash line in the South China Sea.", True),
        ("西沙群岛的渔民", True),
        ("中国渔船在南海作业，菲律宾抗议", True),
        ("佛山市南海区举行活动，南海站开通", False),
        ("Hoang Sa va Truong Sa la cua Viet Nam", True),
        ("Campuchia đề nghị Thái Lan tiếp tục lắp đặt các mốc biên giới tạm thời.", False),
        ("Việt Nam và Campuchia cắm mốc biên giới số 30, Thái Lan quan sát.", True),
        ("Hải quân Thái Lan bắt tàu cá Campuchia vì xâm phạm lãnh hải nước này.", False),
        ("Linh vật hình cung tên ở Quy Nhơn hướng ra Biển Đông.", False),
        ("Resort tựa núi, mặt hướng biển Đông, giá từ ba tỷ.", False),
        ("Sông đổ ra biển Đông ở cửa Ba Lạt.", False),
        ("Thanh niên cả nước hướng về Biển Đông.", True),
        ("Hoa hậu Biển đảo Việt Nam nhận bằng thạc sĩ.", False),
        ("Tuyến quốc lộ 49 đoạn qua xã Bình Điền sụt lún.", False),
        ("Bão Koto giật cấp 15, cách đảo Song Tử Tây 190 km, biển động, sóng cao 9 m.", False),
        ("Quân y cấp cứu ngư dân trên đảo Song Tử Tây.", True),
        # a boat in distress is where it is, unless somebody did it, or the garrison helps
        ("Tàu cá hỏng máy, thả trôi gần Trường Sa, 12 ngư dân được cứu.", False),
        ("Trực thăng của Bệnh viện Quân y 175 đưa ngư dân đột quỵ từ đảo Song Tử Tây về đất liền cấp cứu.", False),
        ("Tàu cá vào đặc khu Trường Sa tránh bão, 300 ngư dân an toàn.", False),
        ("Tàu cá bị tàu lạ đâm chìm ở Hoàng Sa, 12 ngư dân được cứu.", True),
        ("Tàu cá hỏng máy gần Trường Sa, ngư dân được cứu, bám biển giữ chủ quyền.", True),
        ("mn ơi tq lại cho tàu ra HS-TS r, ko tin dc", True),
        ("tàu tq húc tàu cá trên BĐ, ngư dân mình sao r mn", True),
        # namesakes: streets in pairs, firms, people
        ("Ngập trên đường Trường Sa - Hoàng Sa sáng nay.", False),
        ("Hai tuyến đường Hoàng Sa, Trường Sa được lát lại vỉa hè.", False),
        ("Xe ben lật trên đường Lê Văn Duyệt - Hoàng Sa.", False),
        ("Phố mang tên Trường Sa trồng thêm cây.", False),
        ("Công ty TNHH Hoàng Sa tuyển thợ hàn.", False),
        ("Anh Trường Sa mở xưởng mộc.", False),
        ("Chạy bộ vì Hoàng Sa - Trường Sa thân yêu.", True),
        ("Đoàn đi trên đường Trường Sa hô vang: quần đảo Trường Sa là của Việt Nam.", True),
        # the shelf, the zone, the sea by its other name, features of the table
        ("Nước ngoài khảo sát trái phép trên thềm lục địa của Việt Nam.", True),
        ("Vietnam opposes drills in the East Sea, a spokesperson says.", True),
        ("South Korea calls it the East Sea, Japan the Sea of Japan.", False),
        ("Survey ships entered the exclusive economic zone of Vietnam.", True),
        ("Chinese boats gather again at Whitsun Reef.", True),
        ("Lính đảo Thuyền Chài đón nước ngọt.", True),
        ("Bão mạnh cấp 12, giật cấp 15 ở gần đảo Thuyền Chài, áp thấp mạnh thêm.", False),
        ("Tiếp tục phân giới cắm mốc biên giới Việt Nam - Lào.", True),
        ("Thái Lan và Campuchia phân định biên giới trên bộ.", False),
        # what only sounds like the sea, its line or its law (blind reading of 2026-11-21)
        ("Các nước bàn bộ quy tắc ứng xử Biển Đông.", True),
        ("Hai bên nhắc lại tranh chấp Biển Đông.", True),
        ("Núi lửa nằm dọc các đường đứt gãy dưới đáy đại dương.", False),
        ("Khánh thành cầu Trường Sa 2 ở Vĩnh Long.", False),
        ("Du khách tắm ở bãi biển Đông Tác, gần công viên Biển Đông.", False),
        ("Chị ở ấp Biển Đông A được tặng bò giống.", False),
        ("Khách sạn Paracel đón khách cách ly.", False),
        ("Tàu cá BĐ 91234-TS va chạm tàu hàng, một ngư dân bị thương.", False),
        ("Khách đổ về thác Bản Giốc chụp ảnh mùa nước lớn.", False),
        ("Họ nói thác Bản Giốc đã mất vào tay Trung Quốc.", True),
        ("Nga tố Mỹ vi phạm UNCLOS khi bắt tàu dầu.", False),
        ("Nhật Bản và Nga tranh chấp chủ quyền ở quần đảo Kuril.", False),
        ("Bắc Kinh nhắc chủ quyền của Trung Quốc đối với đảo Đài Loan.", False),
        ("Cuba nói xuồng lạ xâm phạm lãnh hải nước này.", False),
        ("Tuyến hàng hải chiến lược qua eo biển Hormuz tắc nghẽn.", False),
        ("Trận hải chiến Hoàng Sa năm 1974 được kể lại.", True),
        ("Phân biệt ranh giới phân định tội lừa đảo với tội trộm cắp.", False),
        ("Điểm tin: Áp thấp gần Biển Đông; giá vàng tăng.", False),
        ("Điểm tin: Áp thấp suy yếu; tàu nước ngoài lập rào chắn ở Biển Đông.", True),
        ("Xe tải tạt đầu xe con, sáng 19/1 tại Trường Sa.", False),
        ("Giao lưu hữu nghị quốc phòng biên giới lần thứ 10 khai mạc.", True),
        ("Lực lượng cảnh sát biển là nòng cốt bảo vệ chủ quyền.", True),
        # another country's sea, border and sovereignty; what a forecast names; the talks outside the Gulf (review of 2026-11-21)
        ("Bốn tàu hải cảnh Trung Quốc xâm phạm lãnh hải Nhật quanh Senkaku.", False),
        ("Biển đông dậy sóng rồi mọi người, tàu trung quốc lại vào.", True),
        ("Bãi biển đông nghịt. Biển đông nghịt người từ sáng.", False),
        ("Campuchia nói Thái Lan vi phạm chủ quyền biên giới của nước này.", False),
        ("Bộ đội giữ chủ quyền biên giới Việt Nam, có Thái Lan quan sát.", True),
        ("Việt - Trung đàm phán về phân định vùng biển ngoài cửa Vịnh Bắc Bộ.", True),
        ("The baseline survey of health in Viet Nam found fewer smokers.", False),
        ("China drew straight baselines in the Gulf of Tonkin.", True),
        ("The storm is moving across the South China Sea with gusts of 150 kph.", False),
        ("The cold front will bring strong winds and rough seas to the Gulf of Tonkin.", False),
        ("China Coast Guard fired water cannon in the South China Sea amid strong winds and waves.", True),
        # scans and tags
        ("Hội thi tìm hiểu chit quyén bién dao", True),
        ("#HoangSa #TruongSa mãi trong tim", True),
    ],
)
def test_national_topics(text: str, national: bool) -> None:
    lang = "en" if text.startswith(("The", "Viet", "South", "Survey", "Chinese")) else "zh" if text[0] > "\u4e00" else "vi"
    assert Matcher.load().resolve("", "", text, NOW, lang=lang).national is national


@pytest.mark.parametrize(
    ("text", "national"),
    [
        ("越南海关查获走私香烟，越南海防港吞吐量上升", False),
        ("济南海关、海南海口、中南海", False),
        ("越南沙巴下雪，广州南沙区和南沙港迎客", False),
        ("中沙两国签约，广东沙县小吃开业", False),
        ("围棋九段柯洁夺冠", False),
        ("主权财富基金增持，美国主权债务上升", False),
        ("乌克兰的主权不容谈判，军机飞近日本领海", False),
        ("国际商会受理印尼矿业仲裁案", False),
        ("台风进入南海，中心附近最大风力12级，气象台发布预警", False),
        ("越南南海政策与中越南海争端", True),
        ("台风过后，海警船在南海对峙，气象台发布预警", True),
        ("南沙群岛附近的渔船", True),
        ("东沙群岛、中沙群岛的礁盘", True),
        ("九段线的由来", True),
        ("越南捍卫领海主权", True),
        ("中越陆地边界界碑维护", True),
        ("ທະຫານ ຊ່ວຍປະຊາຊົນ ແຂວງຫຼວງພະບາງ ອະນາໄມບ້ານ", False),
        ("ທະຫານຫວຽດນາມຢູ່ຊາຍແດນ", True),
        ("ທະຫານ ຊ່ວຍປະຊາຊົນ ແຂວງກວາງຈິ ຫວຽດນາມ ອະນາໄມບ້ານ", False),
        ("佛山南海举行灯会", False),
    ],
)
def test_topics_in_scripts_without_blanks_are_no_part_of_other_words(text: str, national: bool) -> None:
    places = Matcher.load().resolve(text, "", "", NOW, lang="zh" if text[0] > "\u4e00" else "lo")
    assert places.national is national
    assert Matcher.load().touches(text) or not national


def test_a_name_hidden_by_one_that_does_not_stand_opens_the_gate() -> None:
    assert Matcher.load().touches("越南沙巴下雪")
    assert not Matcher.load().touches("越南海关")


@pytest.mark.parametrize("text", ["đường 9 đoạn", "bản đồ 9 đoạn", "ad", "abd", "z", "xz", "q)", "đường ", "m n", "k n", "bd ac"])
def test_a_grouped_alternation_matches_where_the_plain_one_does(text: str) -> None:
    source = r"(?:đường|bản đồ) \d đoạn|a(?:b|c)?d|(?:x|y)?z|\bq[|)]|(?<!m )n|(?:a|(?:b|c))d"
    assert bool(re.search(by_first_letter(source), text)) is bool(re.search(rf"\b(?:{source})", text))
