/* Letters of TCVN3 and VNI, syllables, and encodings of before Unicode. */
#include "core/base/text_encoding.h"
#include "core/base/text_vietnamese.h"
#include "core/base/text.h"
#include "tests/unit/check.h"

/* The 67 small letters with marks, in one order. */
static const char unicode[] = "à ả ã á ạ ă ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ ê ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ô ồ ổ ỗ ố ộ ơ ờ ở ỡ ớ ợ ù ủ ũ ú ụ ư ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ đ";
static const char in_tcvn3[] = "µ ¶ · ¸ ¹ ¨ » ¼ ½ ¾ Æ © Ç È É Ê Ë Ì Î Ï Ð Ñ ª Ò Ó Ô Õ Ö × Ø Ü Ý Þ ß á â ã ä « å æ ç è é ¬ ê ë ì í î ï ñ ò ó ô \u00ad "
    "õ ö ÷ ø ù ú û ü ý þ ®";
static const char in_vni[] = "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò oø oû oõ où oï oâ oà oå "
    "oã oá oä ô ôø ôû ôõ ôù ôï "
                             "uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î ñ";
static const char upper[] = "À Ả Ã Á Ạ Ă Ằ Ẳ Ẵ Ắ Ặ Â Ầ Ẩ Ẫ Ấ Ậ È Ẻ Ẽ É Ẹ Ê Ề Ể Ễ Ế Ệ Ì Ỉ Ĩ Í Ị Ò Ỏ Õ Ó Ọ Ô Ồ Ổ Ỗ Ố Ộ Ơ Ờ Ở Ỡ Ớ Ợ Ù Ủ Ũ Ú Ụ Ư Ừ Ử Ữ Ứ Ự Ỳ Ỷ Ỹ Ý Ỵ Đ";
static const char upper_in_vni[] = "AØ AÛ AÕ AÙ AÏ AÊ AÈ AÚ AÜ AÉ AË AÂ AÀ AÅ AÃ AÁ AÄ EØ EÛ EÕ EÙ EÏ EÂ EÀ EÅ EÃ EÁ EÄ Ì Æ Ó Í Ò OØ OÛ OÕ OÙ OÏ OÂ "
    "OÀ OÅ OÃ OÁ OÄ Ô ÔØ ÔÛ ÔÕ ÔÙ ÔÏ "
                                   "UØ UÛ UÕ UÙ UÏ Ö ÖØ ÖÛ ÖÕ ÖÙ ÖÏ YØ YÛ YÕ YÙ Î Ñ";

static void check_letters(struct check *c)
{
    struct arena arena = {0};
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_TCVN3, false, in_tcvn3), unicode);
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_TCVN3, true, in_tcvn3), upper);
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_TCVN3, false, "¡ ¢ £ ¤ ¥ ¦ §"), "Ă Â Ê Ô Ơ Ư Đ");
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_VNI, false, in_vni), unicode);
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_VNI, false, upper_in_vni), upper);
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_TCVN3, false, "NguyÔn V¨n §øc, 27 tuæi"), "Nguyễn Văn Đức, 27 tuổi");
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_VNI, false, "Ñoaøn Thò Hoàng Dieãm; NGUYEÃN"), "Đoàn Thị Hồng Diễm; NGUYỄN");
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_VNI, false, "\u6771 x\U0001F600"), "\u6771 x\U0001F600"); /* what the code does not have stays */
    CHECK_TEXT(c, vietnamese_convert(&arena, VIETNAMESE_TCVN3, false, ""), "");
    CHECK_TEXT(c, text_nfc(&arena, vietnamese_convert(&arena, VIETNAMESE_TCVN3, false, in_tcvn3)), unicode); /* it is NFC already */
    CHECK(c, vietnamese_is_within(VIETNAMESE_TCVN3, "NguyÔn “V¨n” – §øc") && !vietnamese_is_within(VIETNAMESE_TCVN3, "Nguyễn") &&
        !vietnamese_is_within(VIETNAMESE_TCVN3, "Hà"));
    CHECK(c, vietnamese_is_within(VIETNAMESE_VNI, "Ñoaøn Thò") && !vietnamese_is_within(VIETNAMESE_VNI, "Đoàn") && !vietnamese_is_within(VIETNAMESE_VNI, "çà"));
    arena_release(&arena);
}

static void check_syllables(struct check *c)
{
    static const char *const good[] = {"Nguyễn", "Trần", "Lê", "Hoà", "Hòa", "THUỶ", "thủy", "Nghiêng", "Giang", "giếng", "Quốc", "Quý", "quyển", "Đắc", "gì",
        "Ý", "Yến", "khuya", "Xoong", "Ưu", "oanh", "Huỳnh"};
    static const char *const bad[] = {"", "José", "João", "Müller", "Đạc1", "Hoàà", "tàc", "tac", "Đ", "Strauß", "nguyễnn", "Chloé", "Renée", "wă", "ăn ở"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!CHECK(c, vietnamese_is_syllable(good[i]))) printf("# %s\n", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (!CHECK(c, !vietnamese_is_syllable(bad[i]))) printf("# %s\n", bad[i]);
    CHECK(c, vietnamese_with_tone('a', 0x0301) == 0xE1 && vietnamese_with_tone(0xCA, 0x0323) == 0x1EC6 && vietnamese_with_tone('b', 0x0301) == 0 &&
        vietnamese_with_tone(0xE1, 0x0301) == 0);
}

/* Names as they are written in six languages say nothing for either code. */
static void check_looks(struct check *c)
{
    static const char *const world[] = {
        "João da Conceição, Antónia Gonçalves, Luís Simões, Inês Araújo, Sebastião Magalhães, Mª de Fátima, José Ângelo, Mónica Brandão, Zé, Índia, "
            "Óscar, Tomé e Príncipe",
        "Loïc Lefèvre, Naïm Haddad, Chloé Noël, Anaïs Bérengère, François-Xavier Hélène, Aimé Césaire, Benoît Côté, Maël, Zoë, Gaëlle, à l’hôpital, où, ça, événement",
        "Jürgen Müller, Jörg Köhn, Käthe Weiß, Günther Schröder, Özlem Grün, Björn Jäger, Straße, über, Übung, Höhne, Böll, Süß", "Seán O’Brien, Zoë "
            "Smith, René, café, naïve",
        "محمد بن عبد الله، فاطمة الزهراء",
    };
    for (size_t i = 0; i < sizeof world / sizeof world[0]; i++) {
        struct vietnamese_look look = {0};
        vietnamese_look_at(world[i], &look);
        bool none = look.good[VIETNAMESE_TCVN3] * 10 < look.words * 3 + 10 && look.good[VIETNAMESE_VNI] * 10 < look.words * 3 + 10;
        if (!CHECK(c, none)) printf("# %s: %zu words, %zu and %zu\n", world[i], look.words, look.good[0], look.good[1]);
    }
    struct vietnamese_look look = {0};
    vietnamese_look_at("Nguyễn Thị Hoà, Lê Hà, Tô Tú", &look);
    CHECK(c, look.unicode == 2 && look.unicode_good == 2 && look.plain == 5 && look.strong[0] == 0 && look.strong[1] == 0);
    look = (struct vietnamese_look){0};
    vietnamese_look_at("NguyÔn ThÞ Hoµ, §ç V¨n Tó, BC§", &look);
    CHECK(c, look.unicode == 0 && look.words == 7 && look.good[VIETNAMESE_TCVN3] == 6 && look.strong[VIETNAMESE_TCVN3] == 5 && look.signs == 6);
    look = (struct vietnamese_look){0};
    vietnamese_look_at("Nguyeãn Thò Hoaø, Ñoã Vaên Tuù", &look);
    CHECK(c, look.words == 6 && look.good[VIETNAMESE_VNI] == 6 && look.strong[VIETNAMESE_VNI] >= 4 && look.good[VIETNAMESE_TCVN3] <= 1);
}

static void check_folds(struct check *c)
{
    struct arena arena = {0};
    CHECK_TEXT(c, text_fold_marks(&arena, "Hoà"), text_fold_marks(&arena, "HÒA"));
    CHECK_TEXT(c, text_fold_marks(&arena, "Thuỷ"), text_fold_marks(&arena, "Thu\u0309y"));
    CHECK_TEXT(c, text_fold(&arena, "Nguyễn  Thị Hoà"), "nguyen thi hoa");
    CHECK(c, strcmp(text_fold_marks(&arena, "Hoà"), text_fold_marks(&arena, "Hoá")) != 0);
    arena_release(&arena);
}

static const char *found(const char *text)
{
    return text_encoding_find(text, strlen(text));
}

static void expect_read(struct check *c, const char *bytes, size_t length, const char *encoding, const char *wanted)
{
    struct arena arena = {0};
    char *text = NULL;
    size_t n = 0, wrong = 0;
    const char *e = text_encoding_find(bytes, length);
    CHECK_TEXT(c, e, encoding);
    if (e && CHECK(c, text_encoding_read(&arena, bytes, length, e, &text, &n, &wrong) == OK && n == strlen(wanted))) CHECK_TEXT(c, text, wanted);
    arena_release(&arena);
}

#define READ(c, bytes, encoding, wanted) expect_read((c), bytes, sizeof(bytes) - 1, (encoding), (wanted))

static void check_encodings(struct check *c)
{
    struct arena arena = {0};
    char *text = NULL;
    size_t n = 0, wrong = 0;
    CHECK_TEXT(c, found(""), "utf-8");
    CHECK_TEXT(c, found("plain"), "utf-8");
    CHECK_TEXT(c, found("Lê Hà"), "utf-8");
    CHECK_TEXT(c, text_encoding_named("Windows-1252"), "windows-1252");
    CHECK_TEXT(c, text_encoding_named("ISO-8859-1"), "windows-1252");
    CHECK(c, text_encoding_named("koi8-r") == NULL);
    READ(c, "\xef\xbb\xbf" "a", "utf-8", "a");
    READ(c, "\xff\xfe" "a\0\xbf\x1e" "=\xd8\0\xde", "utf-16le", "aế\U0001F600"); /* a character of two units too */
    READ(c, "\xfe\xff\0a\x1e\xbf", "utf-16be", "aế");
    READ(c, "Nguy\xea\xden Th\x69\xf2 Ho\xe0, \xd0\xf4\xde Qu\xf4\xec" "c, L\xea V\xe3n", "windows-1258", "Nguyễn Thị Hoà, Đỗ Quốc, Lê Văn");
    READ(c, "Jo\xe3o da Concei\xe7\xe3o \x96 Secret\xe1rio", "windows-1252", "João da Conceição – Secretário");
    READ(c, "\xe3\xcd\xe3\xcf \xc7\xe1\xd3\xf8\xe1\xc7\xe3", "windows-1256", "محمد السّلام");
    READ(c, "12 \xa4, Fran\xe7ois \xbdil", "iso-8859-15", "12 €, François œil");
    CHECK(c, found("\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0") == NULL); /* Cyrillic: none of ours */
    CHECK(c, text_encoding_read(&arena, "ab\xff", 3, "utf-8", &text, &n, &wrong) == ERR_INPUT && wrong == 2);
    CHECK(c, text_encoding_read(&arena, "a\0\0\xd8" "b\0", 6, "utf-16le", &text, &n, &wrong) == ERR_INPUT && wrong == 2); /* half of a pair */
    CHECK(c, text_encoding_read(&arena, "a\0b", 3, "windows-1252", &text, &n, &wrong) == ERR_INPUT && wrong == 1);
    CHECK(c, text_encoding_read(&arena, "a\x81", 2, "windows-1252", &text, &n, &wrong) == ERR_INPUT && wrong == 1);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    check_letters(&c);
    check_syllables(&c);
    check_looks(&c);
    check_folds(&c);
    check_encodings(&c);
    return check_done(&c, "text vietnamese");
}
