"""Exams as Chinese teachers type them: what is taken, what is changed and said, what is refused and why."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import aiken, chinese_text, gift
from app.assessment.formats.items import Item, Note, Reason, Refusal
from app.assessment.rules.content import Problem
from app.assessment.rules.marking import mark

SKILLS = {"CC02", "MR01"}

EXAM = """《国际贸易实务》期末考试试卷（A卷）
姓名：______　　班级：______

一、单项选择题（每题2分，共6分）
1. 信用证业务中，第一付款责任人是（　　）。
A. 进口人
B. 开证行
C. 通知行
D. 议付行
答案：B
解析：信用证是银行信用。
难度：易
技能：CC02

2、FOB术语下，风险在（ B ）转移。
A、码头　　B、装运港船上　　C、目的港　　D、仓库

3．下列属于贸易术语的有
（A）FOB （B）CIF
（C）CFR （D）L/C
【答案】ABC 【解析】L/C是支付方式。【难度】level-3

二、判断题（每小题1分）
1. 提单是物权凭证。（√）
2. 汇付属于银行信用。（ × ）
3. 保险单必须早于提单日期。
答案：错，应不晚于装船日期
三、填空题（每空1.5分）
1. ______和______是两种主要的支付方式。
答案：信用证/L/C；托收
2. 一个20英尺集装箱记作（　　）个TEU。
参考答案：1
四、简答题
1. 简述信用证的特点。
答案：
1. 独立性
2. 单据性
3. 银行信用
2. 简述提单的作用。
答案要点：货物收据；物权凭证；运输合同的证明。
五、排序题
1. 按先后排列出口流程
A. 报关
B. 签约
C. 装运
答案：B-A-C
六、连线题
1. 将术语与含义连线
① FOB   A. 装运港船上交货
② CIF   B. 成本加保险费加运费
答案：①-A ②-B
七、不定项选择题
1．以下属于商业信用的是
Ａ．汇付
Ｂ．信用证
答案：Ａ
"""


def read(text):
    return list(chinese_text.read(text, SKILLS))


def only(text):
    (item,) = read(text)
    assert isinstance(item, Item), item
    return item


def content(text):
    return only(text).content


def kinds(text):
    return [item.content.kind.value if isinstance(item, Item) else item.remark.code for item in read(text)]


def notes(item):
    return [remark.code for remark in item.remarks]


def right(content):
    return "".join(option.key for option in content.options if option.fraction > 0)


# A whole paper


def test_a_usual_paper_is_taken_whole():
    items = read(EXAM)

    assert kinds(EXAM) == [
        "single", "single", "multiple", "true-false", "true-false", "true-false", "cloze", "numeric", "essay", "essay",
        "ordering", "matching", "multiple",
    ]  # fmt: skip
    assert [item.number for item in items] == list(range(1, 14))
    assert [item.line for item in items[:4]] == [5, 15, 18, 24]
    assert [item.content.points for item in items[:8]] == [2, 2, 2, 1, 1, 1, 3, 1.5]


def test_what_stands_below_a_question_goes_where_it_belongs():
    first, _, third, *_ = read(EXAM)

    assert (first.skill, first.level, first.tags) == ("CC02", None, ("难度：易",))
    assert first.content.general_feedback == "信用证是银行信用。"
    assert (third.level, third.tags, third.content.general_feedback) == (3, (), "L/C是支付方式。")


def test_an_answer_in_brackets_is_taken_out_of_the_text():
    second = read(EXAM)[1]

    assert second.content.text == "FOB术语下，风险在（　　）转移。"
    assert right(second.content) == "b"
    assert notes(second) == [Note.BRACKET]


def test_the_answer_decides_where_the_heading_says_another_type():
    third = read(EXAM)[2]

    assert third.content.kind == "multiple"
    assert notes(third) == [Note.TYPE_BY_ANSWER]
    assert "一、单项选择题" in third.remarks[0].sentence


def test_part_of_the_right_options_is_part_of_the_mark_and_a_wrong_one_is_none():
    third = read(EXAM)[2].content

    assert mark(third, ["a", "b", "c"]).mark == 1
    assert mark(third, ["a", "b"]).mark == pytest.approx(2 / 3)
    assert mark(third, ["a", "b", "c", "d"]).mark == 0


def test_a_heading_of_one_or_more_does_not_show_how_many():
    last = read(EXAM)[-1].content

    assert (last.kind, right(last)) == ("multiple", "a")
    assert mark(last, ["a", "b"]).mark == 0


def test_a_list_in_a_model_answer_is_no_list_of_questions():
    essay = read(EXAM)[8]

    assert essay.content.guide == "1. 独立性\n2. 单据性\n3. 银行信用"
    assert notes(essay) == [Note.NUMBERED_LINE]


def test_an_order_is_marked_as_an_order():
    ordering = read(EXAM)[10].content

    assert [item.text for item in ordering.items] == ["签约", "报关", "装运"]
    assert mark(ordering, [item.key for item in ordering.items]).mark == 1


def test_terms_are_matched_with_what_they_mean():
    matching = read(EXAM)[11].content
    choices = {choice.key: choice.text for choice in matching.choices}

    assert matching.text == "将术语与含义连线"
    assert {pair.text: choices[pair.choice] for pair in matching.pairs} == {
        "FOB": "装运港船上交货", "CIF": "成本加保险费加运费",
    }  # fmt: skip


# Numbers and options


@pytest.mark.parametrize("number", ["1.", "1、", "1．", "１．", "（1）", "(1)", "1)", "第1题", "第1题：", "第 1 题 "])
def test_questions_are_numbered_in_many_ways(number):
    item = only(f"{number}信用证是\nA. 银行信用\nB. 商业信用\n答案：A")

    assert item.content.text == "信用证是"


@pytest.mark.parametrize(
    "options",
    [
        "A. 甲\nB. 乙\nC. 丙",
        "A、甲\nB、乙\nC、丙",
        "A．甲\nB．乙\nC．丙",
        "Ａ．甲\nＢ．乙\nＣ．丙",
        "A) 甲\nB) 乙\nC) 丙",
        "（A）甲\n（B）乙\n（C）丙",
        "a. 甲\nb. 乙\nc. 丙",
        "A. 甲  B. 乙  C. 丙",
        "A.甲B.乙C.丙",
        "A. 甲\tB. 乙\nC. 丙",
        "A.甲；B.乙；C.丙",
        "A 甲\nB 乙\nC 丙",
        "A\t甲\nB\t乙\nC\t丙",
    ],
)
def test_options_are_written_in_many_ways(options):
    single = content(f"1. 题目\n{options}\n答案：B")

    assert [option.text for option in single.options] == ["甲", "乙", "丙"]
    assert right(single) == "b"


def test_a_sentence_that_begins_with_a_letter_is_no_option():
    assert content("1. 填空\nA firm needs ____, e.g. cash.\ne.g. this\n答案：capital").text.count("\n") == 2


def test_options_may_follow_the_text_on_its_line():
    single = content("1. 信用证是（ ）。 A. 银行信用 B. 商业信用\n答案：A")

    assert single.text == "信用证是（ ）。"
    assert [option.text for option in single.options] == ["银行信用", "商业信用"]


def test_a_letter_inside_an_option_begins_no_option():
    single = content("1. 见哪里？\nA. 见附件B、附件C\nB. 见合同\nC. 不见\n答案：A")

    assert [option.text for option in single.options] == ["见附件B、附件C", "见合同", "不见"]


def test_a_line_that_goes_on_with_an_option_is_kept_and_said():
    item = only("1. 单据？\nA. 发票\nB. 提单\n　电子提单也算\n答案：B")

    assert item.content.options[1].text == "提单\n电子提单也算"
    assert notes(item) == [Note.CONTINUED]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("答案：B", "b"), ("答案:b", "b"), ("参考答案：B", "b"), ("正确答案： Ｂ。", "b"), ("【答案】B", "b"),
        ("[答案]：B", "b"), ("答案 B", "b"), ("答案是B", "b"), ("Answer: B", "b"), ("答案：\nB", "b"),
        ("答案：AB", "ab"), ("答案：A、B", "ab"), ("答案：A,B", "ab"), ("答案：A B", "ab"),
        ("答案：A；B", "ab"),
        ("答案：ＡＢ", "ab"),
        ("答案：甲", "a"),
    ],
)  # fmt: skip
def test_answers_are_written_in_many_ways(answer, expected):
    assert right(content(f"1. 题目\nA. 甲\nB. 乙\nC. 丙\n{answer}")) == expected


def test_options_may_stand_below_the_answer():
    assert right(content("1. 题目\n答案：B\nA. 甲\nB. 乙")) == "b"


def test_letters_out_of_order_without_a_heading_are_a_set_and_a_note_says_so():
    item = only("1. 题目\nA. 甲\nB. 乙\nC. 丙\n答案：BAC")

    assert item.content.kind == "multiple"
    assert notes(item) == [Note.ORDER_IGNORED]


# True and false


@pytest.mark.parametrize("word", ["对", "√", "正确", "T", "t", "是", "TRUE", "✓", "（对）", "对。"])
def test_words_for_true(word):
    word = f"答案：{word}" if not word.startswith("（") else word
    assert content(f"一、判断题\n1. 提单是物权凭证。{'' if word.startswith('（') else chr(10)}{word}").right is True


@pytest.mark.parametrize("word", ["错", "×", "错误", "F", "f", "否", "FALSE", "✗", "不正确"])
def test_words_for_false(word):
    assert content(f"1. 汇付是银行信用。\n答案：{word}").right is False


def test_the_bracket_for_the_answer_may_stand_before_the_number():
    first, second = read("二、判断题\n（ √ ）5、汇票是命令。\n（×）6. 水是干的。")

    assert [item.content.right for item in (first, second)] == [True, False]
    assert [item.content.text for item in (first, second)] == ["（　　）汇票是命令。", "（　　）水是干的。"]


def test_two_options_that_say_true_and_false_are_a_statement():
    item = only("1. 水是湿的。\nA. 正确\nB. 错误\n答案：B")

    assert item.content.right is False
    assert notes(item) == [Note.TRUTH_OPTIONS]


def test_what_follows_the_word_explains_it():
    statement = only("一、判断题\n1. 信用证独立于合同。\n答案：对。见UCP600第4条。\n解析：独立原则。")

    assert statement.content.right is True
    assert statement.content.general_feedback == "见UCP600第4条。\n独立原则。"
    assert notes(statement) == [Note.MOVED]


# Blanks


def test_one_blank_with_words_takes_words_whatever_their_width_and_case():
    short = content("1. 信用证的英文缩写是____。\n答案：L/C")

    assert [answer.text for answer in short.answers] == ["L/C"]
    assert mark(short, "Ｌ／Ｃ").mark == 1
    assert mark(short, "l/c").mark == 1


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("信用证/跟单信用证", ["信用证", "跟单信用证"]),
        ("信用证|L/C", ["信用证", "L/C"]),
        ("信用证 / L/C", ["信用证", "L/C"]),
        ("托运人或发货人", ["托运人", "发货人", "托运人或发货人"]),
        ("FOB/CIF", ["FOB", "CIF", "FOB/CIF"]),
        ("或有负债", ["或有负债"]),
        ("km/h", ["km/h"]),
        ("1/2", ["1/2"]),
        ("信用证。", ["信用证"]),
        ("5*", ["5\\*"]),
        ("0086", ["0086"]),
        ("50%", ["50%"]),
        ("3/三", ["3", "三"]),
    ],
)
def test_accepted_forms_of_a_blank(written, forms):
    item = only(f"1. 填写：____\n答案：{written}")

    assert [answer.text for answer in item.content.answers] == forms
    assert (Note.FORMS in notes(item)) is (written in forms and len(forms) > 1)


@pytest.mark.parametrize("typed", ["3", "3.0", "３", " 3 ", 3])
def test_a_number_is_a_number_however_it_is_typed(typed):
    numeric = content("1. 一加二等于____\n答案：3")

    assert numeric.kind == "numeric"
    assert mark(numeric, typed).mark == 1
    assert mark(numeric, "3.1").mark == 0


def test_decimals_on_both_sides_are_two_numbers():
    numeric = content("1. 汇率是____\n答案：6.5/6.8")

    assert [mark(numeric, each).mark for each in ("6.50", "6.8", "6.6")] == [1, 1, 0]


@pytest.mark.parametrize(
    "answer", ["成本；运费", "成本;运费；", "（1）成本（2）运费", "①成本②运费", "1. 成本 2. 运费", "成本\n运费"]
)
@pytest.mark.parametrize("stem", ["CFR=____+__", "CFR=（　　）+( )", "CFR=【 】+（）"])
def test_several_blanks_are_a_text_with_gaps(stem, answer):
    cloze = content(f"1. {stem}\n答案：{answer}")

    assert cloze.text == "CFR=[[1]]+[[2]]"
    assert mark(cloze, {"1": "成本", "2": "运费"}).mark == 1
    assert mark(cloze, {"1": "成本", "2": "保险费"}).mark == 0.5


def test_another_sign_between_blanks_is_taken_only_where_the_number_fits():
    item = only("1. ____、____\n答案：成本、运费")

    assert item.content.kind == "cloze"
    assert notes(item) == [Note.SEPARATOR]
    assert kinds("1. ____、____\n答案：成本、运费、保险费") == [Reason.BLANKS]


def test_brackets_of_a_function_are_no_blank():
    assert content("1. 函数print()的作用是____\n答案：输出").text == "函数print()的作用是____"


# Words


def test_words_without_heading_or_blank_are_read_by_their_form_and_a_note_says_so():
    short, essay = read("1. FOB的全称是什么？\n答案：Free on Board\n2. 谈谈你的看法\n答案：发展很快。应当合规。")

    assert (short.content.kind, notes(short)) == ("short-text", [Note.READ_AS_TEXT])
    assert (essay.content.kind, essay.content.guide) == ("essay", "发展很快。应当合规。")
    assert notes(essay) == [Note.READ_AS_ESSAY]


def test_an_essay_needs_no_model_answer_since_a_person_marks_it():
    for answer in ("", "\n答案：略"):
        item = only(f"一、论述题\n1. 论述信用证的独立性。{answer}")
        assert (item.content.kind, notes(item)) == ("essay", [Note.NO_MODEL])


def test_sub_questions_stay_with_their_case():
    text = "一、案例分析题\n1. 某公司出口服装。\n（1）应选何种术语？\n（2）为什么？\n答案：（1）CIF\n（2）便于安排运输"
    essay = content(text)

    assert essay.text == "某公司出口服装。\n（1）应选何种术语？\n（2）为什么？"
    assert essay.guide == "（1）CIF\n（2）便于安排运输"


def test_a_computed_number_is_a_number():
    assert kinds("一、计算题\n1. 3乘4？\n答案：12\n2. 写出过程\n答案：先算甲，再算乙。") == ["numeric", "essay"]


# Marks beside the question


def test_type_and_points_may_stand_in_the_question():
    first, second = read(
        "1.【多选题】单据有（2分）\nA. 甲\nB. 乙\n答案：AB\n2.（单选题，3分）单据是\nA. 甲\nB. 乙\n答案：A"
    )

    assert (first.content.text, first.content.points, notes(first)) == ("单据有", 2, [])
    assert (second.content.text, second.content.points, notes(second)) == ("单据是", 3, [])


@pytest.mark.parametrize(
    ("line", "level", "tags"),
    [
        ("难度：易", None, ("难度：易",)),
        ("难度：3", None, ("难度：3",)),
        ("难度：level-2", 2, ()),
        ("难度：等级3", 3, ()),
        ("等级：4", 4, ()),
        ("等级：4级", 4, ()),
        ("知识点：信用证；单据", None, ("信用证", "单据")),
        ("技能：国际结算", None, ("国际结算",)),
    ],
)
def test_difficulty_is_a_level_only_where_it_says_so(line, level, tags):
    item = only(f"1. 题目____\n答案：甲\n{line}")

    assert (item.level, item.tags) == (level, tags)


def test_a_type_may_stand_before_the_text():
    essay = only("一、单选题\n1. 简述题：什么是FOB？\n答案：装运港船上交货。")

    assert (essay.content.kind, essay.content.text, notes(essay)) == ("essay", "什么是FOB？", [])


def test_a_skill_outside_the_taxonomy_is_said():
    assert notes(only("1. 题目____\n答案：甲\n技能：ZZ99")) == [Note.UNKNOWN_SKILL]
    assert notes(only("1. 题目____\n答案：甲\n等级：高级")) == [Note.BAD_LEVEL]


def test_chapters_are_categories():
    assert only("第二章 国际结算\n1. 题目____\n答案：甲").category == "第二章 国际结算"


def test_text_that_belongs_to_no_item_is_said_by_its_neighbour():
    first, second = read("一、单选题\n阅读以下材料。\n1. 题目____\n答案：B\n以上为第一部分\n2. 题目____\n答案：甲")

    assert notes(first)[-2:] == [Note.LEFT_OUT, Note.TYPE_BY_ANSWER]
    assert "阅读以下材料" in first.remarks[0].sentence
    assert Note.LEFT_OUT not in notes(second)


# No numbers


def test_blank_lines_divide_a_file_without_numbers():
    choice = "第一付款人是谁？\nA. 开证行\nB. 通知行\n答案：A"
    text = f"国际贸易测验\n\n{choice}\n\n提单是物权凭证。（√）\n汇付是银行信用。（×）\n\n忘了答案？"

    assert kinds(text) == ["single", "true-false", "true-false", Reason.NO_ANSWER_GIVEN]


# A list of answers


KEYED = """一、单选题
1. 甲？
A. 一  B. 二
2. 乙？
A. 一  B. 二
二、判断题
1. 水是湿的。
2. 火是冷的。
三、填空题
1. 信用证简称____。
四、简答题
1. 什么是信用证？

参考答案
一、单选题
1-2 AB
二、判断题 1.√ 2.×
三、填空题
1. L/C
四、简答题
1. 银行的付款承诺。
它是独立的。
"""


def test_a_list_at_the_end_answers_by_section_and_number():
    items = read(KEYED)

    assert kinds(KEYED) == ["single", "single", "true-false", "true-false", "short-text", "essay"]
    assert [right(item.content) for item in items[:2]] == ["a", "b"]
    assert [item.content.right for item in items[2:4]] == [True, False]
    assert items[5].content.guide == "银行的付款承诺。\n它是独立的。"
    assert all(Note.FROM_KEY in notes(item) for item in items)


def test_a_list_may_close_each_section():
    choices = "一、单选题\n1. 甲？\nA. 一  B. 二\n2. 乙？\nA. 一  B. 二\n答案：1-2 AB"
    text = f"{choices}\n二、判断题\n1. 水湿。\n2. 火冷。\n答案：1.对 2.错"

    assert kinds(text) == ["single", "single", "true-false", "true-false"]


def test_a_list_that_does_not_fit_guesses_nothing():
    choice = "题？\nA. 一  B. 二\n"
    few = f"1. {choice}2. {choice}3. {choice}参考答案\n1-3 AB"
    twice = f"1. {choice}2. {choice}1. {choice}参考答案\n1.A 2.B"
    extra = f"1. {choice}2. {choice}参考答案\n1.A 2.B 3.A"
    lacking = f"1. {choice}2. {choice}3. {choice}参考答案\n1.A 2.B"

    assert kinds(few) == [Reason.KEY_RANGE] * 3
    assert kinds(twice) == [Reason.KEY_TWICE, "single", Reason.KEY_TWICE]
    assert kinds(extra) == ["single", "single", Reason.KEY_LOST]
    assert kinds(lacking) == ["single", "single", Reason.NO_ANSWER_GIVEN]


# What is refused


GOOD = "信用证是\nA. 银行信用\nB. 商业信用\n答案：A"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("题目\nA. 甲\nB. 乙", Reason.NO_ANSWER_GIVEN),
        ("题目\nA. 甲\nB. 乙\n答案：", Reason.NO_ANSWER_GIVEN),
        ("题目\nA. 甲\nB. 乙\n答案：C", Reason.ANSWER_NOT_OPTION),
        ("题目\nA. 甲\nB. 乙\n答案：丙", Reason.ANSWER_NOT_OPTION),
        ("题目\nA. 甲\nB. 乙\n答案：A-B", Reason.ANSWER_NOT_OPTION),
        ("题目\nA. 甲\nB. 乙\n答案：AA", Reason.REPEATED_ANSWER),
        ("题目\nA. 甲\nC. 乙\n答案：A", Reason.OPTION_ORDER),
        ("题目\nA. 甲\nA. 乙\n答案：A", Reason.OPTION_ORDER),
        ("题目\nB. 甲\nC. 乙\n答案：B", Reason.OPTION_ORDER),
        ("题目\nA. 甲\n答案：A", Problem.FEW_OPTIONS),
        ("题目\nA.\nB. 乙\n答案：B", Problem.EMPTY_OPTION),
        ("题目（A）\nA. 甲\nB. 乙\n答案：B", Reason.TWO_ANSWERS),
        ("题目（A）和（B）\nA. 甲\nB. 乙", Reason.SEVERAL_BRACKETS),
        ("题目\nA. 甲\nB. 乙\n答案：A\n答案：B", Reason.SECOND_ANSWER),
        ("题目\n答案：A", Reason.NO_OPTIONS),
        ("____和____\n答案：甲", Reason.BLANKS),
        ("____\n答案：甲；乙", Reason.BLANKS),
        ("____和____\n答案：甲；", Reason.BLANKS),
        ("____和____\n答案：甲；/", Reason.EMPTY_BLANK),
        ("[[1]]和____\n答案：甲", Reason.GAP_MARKS),
        ("[[1]]和____和____\n答案：甲；乙", Reason.GAP_MARKS),
        ("【判断题】题目\n答案：信用证", Reason.TRUTH_WORD),
        ("【排序题】题目\nA. 甲\nB. 乙\nC. 丙\n答案：AB", Reason.ORDER_INCOMPLETE),
        ("【连线题】题目\n答案：1-A 2-B", Reason.MATCH_UNCLEAR),
        ("\nA. 甲\nB. 乙\n答案：A", Reason.NO_QUESTION),
    ],
)
def test_a_slip_costs_one_item_and_says_why(text, reason):
    assert kinds(f"1. {GOOD}\n2. {text}\n3. {GOOD}") == ["single", reason, "single"]


# Any text


PIECES = st.sampled_from(
    [
        "1. 题目", "2、题目____", "（3）题目（B）", "第4题", "一、单选题（每题2分）", "二、判断题", "五、排序题",
        "参考答案", "题目", "A. 甲", "B. 乙  C. 丙", "A.甲B.乙", "C、", "答案：A", "答案：甲；乙", "【答案】错，因为",
        "答案：1-2 AB", "答案：①-A ②-B", "1-5 ABCDA", "1.A 2.B", "解析：因为", "难度：易", "技能：CC02",
        "① 甲  A. 乙", "", "　", "[[1]]____", "a. x", "3.14",
    ]
)  # fmt: skip


@given(st.lists(PIECES).map("\n".join) | st.text(st.characters(codec=None, categories=None)))
def test_no_text_breaks_the_reader(text):
    items = read(text)

    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert all(isinstance(item, Item | Refusal) for item in items)


BAD = ["忘了答案", "题目\nA. 甲\nB. 乙\n答案：Z", "____\n答案：甲；乙"]


@given(st.lists(st.sampled_from([GOOD, "水是湿的。（√）", "缩写是____\n答案：L/C", *BAD])))
def test_items_are_those_taken_and_those_refused(written):
    found = Counter(isinstance(item, Item) for item in read("\n".join(f"{n}. {t}" for n, t in enumerate(written, 1))))
    bad = sum(text in BAD for text in written)

    assert (found[True], found[False]) == (len(written) - bad, bad)


@pytest.mark.parametrize(
    "piece",
    [
        "1. 题目\n答案：甲\n续\n", "A. 甲\n", "答案：1.A 2.B\n", "参考答案\n", "1.A 2.B ", "1-500 A ", "（A）",
        "A. B. ", "____", "答案：", "一、", "【答案】", "1. 题\n答案：1-2 AB\n", "甲/", "甲或", "①", "\n",
    ],
)  # fmt: skip
def test_no_repetition_makes_reading_stand_still(piece):
    for times in (10, 2000):
        assert read("1. 题目\n2. 题目\n" + piece * times) is not None


# Telling it from other formats


def test_only_such_exams_have_their_marks(question_files):
    assert chinese_text.markers(EXAM) > 10
    assert chinese_text.markers("1. 报关单由谁填写？\n答案：报关行") == 1
    for name in ("moodle-gift-examples.txt", "moodle-questions.gift.txt", "moodle-questions.aiken.txt"):
        assert chinese_text.markers((question_files / name).read_text("utf-8")) == 0
    assert chinese_text.markers("FOB 的全称是？\nA. Free on Board\nB. Free of Board\nANSWER: A") == 0
    assert chinese_text.markers("报关单由谁填写？{=报关行 ~海关}") == 0


@pytest.mark.parametrize("reader", [gift, aiken])
def test_their_readers_take_none_of_it(reader):
    assert not [item for item in reader.read(EXAM) if isinstance(item, Item) and item.content.kind != "description"]
