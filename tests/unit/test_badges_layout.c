/* Layouts as organisers write them: what is read, and what is refused with its place. Fields, Wi-Fi payload, imposition. */
#include "badges/layout/field.h"
#include "badges/paint/plan.h"
#include "tests/unit/check.h"

#include <math.h>

#define HEAD "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"front\": ["
#define QR "{\"qr\": \"badge\", \"box\": [58, 28, 31, 31]}"

static const struct {
    const char *text, *place, *word;
} refused[] = {
    {"{", "layout", ""},
    {"{\"format\": \"plenum-layout/2\", \"size\": [90, 60], \"front\": []}", "format", "plenum-layout/1"},
    {"{\"size\": [90, 60], \"front\": [" QR "]}", "format", "required"},
    {HEAD "]}", "front", "empty"},
    {HEAD QR "], \"sides\": 2}", "sides", "unknown key"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"colour\": \"ink\"}]}", "front[1].colour", "unknown key"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"color\": \"blue\"}]}", "front[1].color", "no colour"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"color\": \"#12345\"}]}", "front[1].color", "no colour"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"weight\": \"black\"}]}", "front[1].weight", "bold"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 2}]}", "front[1].size", "from 3"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"least\": 10}]}", "front[1].least", "to 9"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"lines\": 0}]}", "front[1].lines", "from 1"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 2], \"size\": 9}]}", "front[1].box", "too low"},
    {HEAD QR ", {\"text\": \"{nme}\", \"box\": [1, 1, 50, 5], \"size\": 9}]}", "front[1].text", "{nme}"},
    {HEAD QR ", {\"text\": \"a}\", \"box\": [1, 1, 50, 5], \"size\": 9}]}", "front[1].text", "no such field"},
    {HEAD QR ", {\"text\": {\"vi\": \"Số\", \"english\\n\": \"No\"}, \"box\": [1, 1, 50, 5], \"size\": 9}]}", "front[1].text", "language"},
    {HEAD QR ", {\"text\": [], \"box\": [1, 1, 50, 5], \"size\": 9}]}", "front[1].text", "alternatives"},
    {HEAD QR ", {\"text\": \"x\", \"qr\": \"badge\", \"box\": [1, 1, 50, 5]}]}", "front[1]", "exactly one"},
    {HEAD QR ", 7]}", "front[1]", "exactly one"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50], \"size\": 9}]}", "front[1].box", "4 numbers"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, \"1\", 50, 5], \"size\": 9}]}", "front[1].box[1]", "number"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [50, 1, 50, 5], \"size\": 9}]}", "front[1].box", "outside"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [-1, 1, 50, 5], \"size\": 9}]}", "front[1].box", "outside"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 0, 5], \"size\": 9}]}", "front[1].box", "no area"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 27, 60, 5], \"size\": 9}]}", "front[1].box", "overlaps front[0]"},
    {HEAD QR ", {\"fill\": \"category\", \"box\": [0, 0, 90, 60]}]}", "front[1].box", "overlaps front[0]"},
    {HEAD QR ", {\"fill\": \"category\", \"box\": [0, 0, 90, 60], \"background\": true}]}", "front[1].box", "before front[0]"},
    {HEAD QR ", {\"line\": \"ink\", \"box\": [50, 30, 20, 0]}]}", "front[1].box", "overlaps front[0]"},
    {HEAD QR ", {\"line\": \"ink\", \"box\": [5, 5, 20, 3]}]}", "front[1].box", "across or down"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"when\": [\"rainy\"]}]}", "front[1].when[0]", "rainy"},
    {HEAD QR ", {\"text\": \"x\", \"box\": [1, 1, 50, 5], \"size\": 9, \"when\": [\"blank\", \"named\"]}]}", "front[1].when", "never true"},
    {HEAD "{\"qr\": \"badge\", \"box\": [1, 1, 25, 25]}]}", "front[0].box", "under 20 mm"},
    {HEAD "{\"qr\": \"wifi\", \"box\": [1, 1, 25, 25]}]}", "front[0].box", "under 20 mm"},
    {HEAD "{\"qr\": \"badge\", \"box\": [1, 1, 30, 31]}]}", "front[0].box", "square"},
    {HEAD "{\"qr\": \"badge\", \"box\": [1, 1, 30, 30], \"quiet\": 2}]}", "front[0].quiet", "4 white cells"},
    {HEAD "{\"qr\": \"badge\", \"box\": [1, 1, 30, 30], \"quiet\": 20}]}", "front[0].quiet", "4 white cells"},
    {HEAD "{\"qr\": \"badge\", \"box\": [1, 1, 30, 30], \"background\": true}]}", "front[0].background", "ground"},
    {HEAD "{\"text\": \"{name}\", \"size\": 9, \"box\": [1, 1, 30, 30], \"background\": true}]}", "front[0].background", "ground"},
    {HEAD "{\"photo\": false, \"box\": [1, 1, 30, 30]}]}", "front[0].photo", "leave the part out"},
    {HEAD "{\"logo\": false, \"box\": [1, 1, 30, 30]}]}", "front[0].logo", "leave the part out"},
    {HEAD "{\"qr\": \"ticket\", \"box\": [1, 1, 30, 30]}]}", "front[0].qr", "wifi"},
    {HEAD QR "], \"back\": [{\"photo\": true, \"box\": [80, 1, 30, 30]}]}", "back[0].box", "outside"},
    {HEAD QR "], \"sheet\": {\"page\": \"A9\"}}", "sheet.page", "A4"},
    {HEAD QR "], \"sheet\": {\"page\": \"A4\", \"columns\": 3}}", "sheet", "does not hold"},
    {HEAD QR "], \"sheet\": {\"page\": \"A6\", \"rows\": 3}}", "sheet", "does not hold"},
    {HEAD QR "], \"bleed\": 3, \"sheet\": {\"page\": \"A4\", \"gutter\": [4, 4]}}", "sheet.gutter", "twice the bleed"},
    {HEAD QR "], \"sheet\": {\"duplex\": \"both\"}}", "sheet.duplex", "long"},
};

static void test_refused(struct check *c)
{
    struct arena arena = {0};
    const struct badge_layout *layout;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct fault fault = {0};
        enum err e = badges_layout_read(&arena, "mine", refused[i].text, strlen(refused[i].text), &layout, &fault);
        bool good = e == ERR_INPUT && strstr(fault.text, refused[i].place) && strstr(fault.text, refused[i].word);
        if (!CHECK(c, good)) printf("# case %zu: \"%s\"\n", i, e == OK ? "read" : fault.text);
    }
    arena_release(&arena);
}

static const struct badge_layout *read_layout(struct check *c, struct arena *arena, const char *text)
{
    const struct badge_layout *layout = NULL;
    struct fault fault = {0};
    if (!CHECK(c, badges_layout_read(arena, NULL, text, strlen(text), &layout, &fault) == OK)) printf("# %s\n", fault.text);
    return layout;
}

/* What excludes each other may stand in the same place; backgrounds carry anything. */
static void test_taken(struct check *c)
{
    struct arena arena = {0};
    read_layout(c, &arena, HEAD "{\"fill\": \"#fff0f0\", \"box\": [0, 0, 90, 60], \"background\": true}, " QR
                                ", {\"text\": \"{seat}\", \"box\": [1, 1, 50, 5], \"size\": 9}"
                                ", {\"text\": \"–\", \"box\": [1, 1, 50, 5], \"size\": 9, \"when\": [\"!seat\"]}"
                                ", {\"photo\": true, \"box\": [1, 8, 20, 25], \"when\": [\"photo\"]}"
                                ", {\"logo\": true, \"box\": [1, 8, 20, 25], \"when\": [\"!photo\"]}]}");
    const struct badge_layout *l = read_layout(c, &arena, HEAD QR "], \"bleed\": 2, \"sheet\": {\"page\": \"A4\", \"gutter\": [6, 5], \"crop_marks\": true}}");
    if (l) CHECK(c, l->columns == 2 && l->rows == 4 && fabs(l->left - 12) < 0.01 && fabs(l->top - 21) < 0.01 && l->crop_marks && l->bleed > 1.9);
    l = read_layout(c, &arena, HEAD QR "], \"bleed\": 2}");
    if (l) CHECK(c, l->columns == 1 && fabs(l->page_width - 94) < 0.01 && fabs(l->left - 2) < 0.01);
    arena_release(&arena);
}

/* Behind each front is its own back, whichever edge the paper turns over, upright or across. */
static void test_duplex(struct check *c)
{
    static const enum badge_duplex edges[] = {DUPLEX_LONG, DUPLEX_SHORT};
    struct badge_layout l = {.width = 80, .height = 50, .columns = 2, .rows = 5, .gap_x = 4, .gap_y = 3, .left = 10, .top = 12, .page_width = 210, .page_height = 297};
    for (int across = 0; across < 2; across++)
        for (int edge = 0; edge < 2; edge++) {
            l.duplex = edges[edge];
            l.page_width = across ? 297 : 210;
            l.page_height = across ? 210 : 297;
            l.rows = across ? 3 : 5;
            bool about_upright = (edge == 0) != (across == 1); /* the axis on which the paper turns */
            for (size_t at = 0; at < badge_page_size(&l); at++) {
                double x, y, back_x, back_y;
                bool turned, back_turned;
                badge_plan_place(&l, PLAN_FRONT, at, &x, &y, &turned);
                badge_plan_place(&l, PLAN_BACK, at, &back_x, &back_y, &back_turned);
                double seen_x = about_upright ? l.page_width - back_x - l.width : back_x, seen_y = about_upright ? back_y : l.page_height - back_y - l.height;
                CHECK(c, !turned && back_turned == !about_upright && fabs(seen_x - x) < 0.001 && fabs(seen_y - y) < 0.001);
            }
        }
}

static void test_separators(struct check *c)
{
    struct arena arena = {0};
    struct plan plan = {0};
    struct badge badges[5] = {{.delegation = "A"}, {.delegation = "A"}, {.delegation = "B"}, {.delegation = "B"}, {.delegation = "B"}};
    const struct badge_layout *l = read_layout(c, &arena, HEAD QR "], \"back\": [" QR "], \"sheet\": {\"page\": [90, 125], \"gutter\": [0, 5]}}");
    struct badge_run run = {.badges = badges, .count = 5, .ready = l, .separators = GROUPS_DELEGATION};
    static const struct plan_page want[] = {{PLAN_SEPARATOR, 0, 2}, {PLAN_EMPTY, 0, 0}, {PLAN_FRONT, 0, 2}, {PLAN_BACK, 0, 2}, {PLAN_SEPARATOR, 2, 3}, {PLAN_EMPTY, 2, 0},
                                            {PLAN_FRONT, 2, 2}, {PLAN_BACK, 2, 2}, {PLAN_FRONT, 4, 1}, {PLAN_BACK, 4, 1}};
    if (l && CHECK(c, badge_plan_make(&run, &arena, &plan, NULL) == OK) && CHECK(c, plan.count == sizeof want / sizeof want[0]))
        for (size_t i = 0; i < plan.count; i++)
            CHECK(c, plan.pages[i].kind == want[i].kind && plan.pages[i].first == want[i].first && plan.pages[i].count == want[i].count);
    run.separators = GROUPS_NONE;
    run.duplex = DUPLEX_NONE;
    CHECK(c, badge_plan_make(&run, &arena, &plan, NULL) == OK && plan.count == 3 && plan.pages[2].count == 1);
    run.page_width = 40;
    run.page_height = 40;
    CHECK(c, badge_plan_make(&run, &arena, &plan, NULL) == ERR_INPUT);
    arena_release(&arena);
}

static void test_fields(struct check *c)
{
    struct arena arena = {0};
    const struct badge badge = {.name = "Nguyễn Thị Ở", .seat = "A1", .url = "http://192.168.1.10:8080/D/X", .issue = 2};
    struct badge_run run = {.language = "pt-BR", .wifi_name = "Đại hội XIX; khách", .wifi_password = "Cong:doan\\19,\"HT\";2026", .wifi_security = "WPA"};
    const struct badge_facts facts = {.run = &run, .badge = &badge, .arena = &arena};
    CHECK_TEXT(c, badge_field_value(&facts, FIELD_GIVEN_NAME), "Ở");
    CHECK_TEXT(c, badge_field_value(&facts, FIELD_INITIALS), "NỞ");
    CHECK_TEXT(c, badge_field_value(&facts, FIELD_REISSUE), "2");
    CHECK_TEXT(c, badge_field_value(&facts, FIELD_ADDRESS), "192.168.1.10:8080");
    CHECK_TEXT(c, badge_field_value(&facts, FIELD_LABEL_SEAT), "Lugar");
    CHECK(c, badge_field_value(&facts, FIELD_ROOM) == NULL && badge_field_value(&facts, FIELD_PHOTO) == NULL);
    const struct badge_layout *l = read_layout(c, &arena, HEAD "{\"text\": [\"{room} · {seat}\", "
                                                              "{\"en\": \"Seat {seat}\", \"pt\": \"Lugar {seat}\"}], \"box\": [1, 1, 50, 5], \"size\": 9}, "
                                                              "{\"text\": \"{room}\", \"box\": [1, 9, 50, 5], \"size\": 9}]}");
    if (l) {
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[0]), "Lugar A1");
        CHECK(c, badge_part_is_shown(&facts, &l->front.parts[0]) && !badge_part_is_shown(&facts, &l->front.parts[1]));
        run.language = "vi";
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[0]), "Seat A1");
    }
    arena_release(&arena);
}

/* What a phone makes of a payload, after ZXing's WifiResultParser and WifiConfigManager: a field ends at a ';' without a backslash before it, a backslash
 * is dropped, a name of hexadecimal digits is bytes, quotes around a name are taken away. */
static void read_network_field(const char *payload, const char *prefix, char *ret, size_t size)
{
    size_t n = 0;
    ret[0] = '\0';
    const char *p = strstr(payload, prefix);
    if (!p) return;
    for (p += strlen(prefix); *p && *p != ';' && n + 1 < size; p++) {
        if (*p == '\\' && p[1]) p++;
        ret[n++] = *p;
    }
    ret[n] = '\0';
}

static void check_network(struct check *c, const char *name, const char *password, const char *security, const char *wanted)
{
    struct arena arena = {0};
    char got[256];
    const struct badge_run run = {.language = "vi", .wifi_name = name, .wifi_password = password, .wifi_security = security};
    const char *payload = badge_wifi_payload(&arena, &run);
    CHECK_TEXT(c, payload, wanted);
    if (payload) {
        read_network_field(payload, ";S:", got, sizeof got);
        size_t length = strlen(got);
        bool quoted = length > 2 && got[0] == '"' && got[length - 1] == '"' && name[0] != '"';
        CHECK(c, quoted || strspn(got, "0123456789abcdefABCDEF") < length); /* never bytes by mistake */
        if (quoted) got[length - 1] = '\0';
        CHECK_TEXT(c, quoted ? got + 1 : got, name);
        read_network_field(payload, ";P:", got, sizeof got);
        CHECK_TEXT(c, got, strstr(payload, "T:nopass") || !password ? "" : password);
        CHECK(c, strlen(payload) > 2 && strcmp(payload + strlen(payload) - 2, ";;") == 0);
    }
    arena_release(&arena);
}

static void test_networks(struct check *c)
{
    check_network(c, "Đại hội XIX; khách", "Cong:doan\\19,\"HT\";2026", "WPA", "WIFI:T:WPA;S:Đại hội XIX\\; khách;P:Cong\\:doan\\\\19\\,\\\"HT\\\"\\;2026;;");
    check_network(c, "ABCD12", NULL, "WPA", "WIFI:T:nopass;S:\"ABCD12\";;");
    check_network(c, "abc", "12345678", NULL, "WIFI:T:WPA;S:\"abc\";P:12345678;;"); /* an odd number of digits is taken for hex too; a password is not */
    check_network(c, "2026", "deadbeef00", "WEP", "WIFI:T:WEP;S:\"2026\";P:deadbeef00;;");
    check_network(c, "Khách", "x", "nopass", "WIFI:T:nopass;S:Khách;;");
    check_network(c, "Khách", "", "WPA", "WIFI:T:nopass;S:Khách;;");
    check_network(c, "\"a\"", "\\\\;", "WPA", "WIFI:T:WPA;S:\\\"a\\\";P:\\\\\\\\\\;;;");
    check_network(c, "T:WPA;P:x", ";", "WPA", "WIFI:T:WPA;S:T\\:WPA\\;P\\:x;P:\\;;;");
    struct arena arena = {0};
    const struct badge_run none = {.language = "vi", .wifi_password = "x"}, empty = {.language = "vi", .wifi_name = ""};
    CHECK(c, badge_wifi_payload(&arena, &none) == NULL && badge_wifi_payload(&arena, &empty) == NULL);
    arena_release(&arena);
}

/* Values beside letters from right to left are isolated, all others are left as they are. */
static void test_directions(struct check *c)
{
    struct arena arena = {0};
    const struct badge badge = {.name = "ليلى", .number = "012", .url = "http://h/D/X"};
    struct badge_run run = {.language = "ar", .desk_phone = "0600 123 456", .badges = &badge};
    const struct badge_facts facts = {.run = &run, .badge = &badge, .arena = &arena};
    const struct badge_layout *l = read_layout(c, &arena, HEAD "{\"text\": \"{label_desk}: {desk_phone}\", \"box\": [1, 1, 50, 5], \"size\": 9}, "
                                                              "{\"text\": \"{name}\", \"box\": [1, 9, 50, 5], \"size\": 9}, "
                                                              "{\"text\": \"{name} {number}\", \"box\": [1, 17, 50, 5], \"size\": 9}]}");
    if (l) {
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[0]), "\u200F\u2068مكتب الاستقبال\u2069: \u2068\u200E0600 123 456\u2069");
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[1]), "ليلى");
        run.language = "vi";
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[0]), "Bàn đón tiếp: 0600 123 456");
        CHECK_TEXT(c, badge_part_text(&facts, &l->front.parts[2]), "\u200E\u2068ليلى\u2069 \u2068\u200E012\u2069");
    }
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    test_refused(&c);
    test_taken(&c);
    test_duplex(&c);
    test_separators(&c);
    test_fields(&c);
    test_networks(&c);
    test_directions(&c);
    return check_done(&c, "badges/layout");
}
