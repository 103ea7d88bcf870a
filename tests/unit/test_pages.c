/* Words, templates, languages, waits: what the pages stand on. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/admission.h"
#include "core/congress/reason.h"
#include "core/congress/title.h"
#include "server/i18n/i18n.h"
#include "server/pages/pages.h"
#include "server/pages/throttle.h"
#include "server/web_assets.h"
#include "tests/unit/check.h"

static void check_loading(struct check *c)
{
    struct pages *pages = NULL;
    struct fault fault = {0};
    if (!CHECK(c, pages_load(&pages, &fault) == OK)) printf("# %s\n", fault.text);
    pages_free(pages);
}

static void check_words(struct check *c)
{
    struct i18n *i18n = NULL;
    struct arena arena = {0};
    struct fault fault = {0};
    if (!CHECK(c, i18n_load(&i18n, &fault) == OK)) return;
    CHECK_TEXT(c, i18n_text(i18n, I18N_VI, "fact.seat"), "Ghế");
    CHECK_TEXT(c, i18n_text(i18n, I18N_EN, "no.such.key"), "");
    CHECK_TEXT(c, i18n_date(&arena, i18n, I18N_VI, "Asia/Ho_Chi_Minh", 1796085000000), "Thứ Ba, 1/12/2026");
    CHECK_TEXT(c, i18n_time(&arena, "Asia/Ho_Chi_Minh", 1796085000000), "07:30");
    CHECK_TEXT(c, i18n_date_range(&arena, "Asia/Ho_Chi_Minh", 1796085000000, 1796085000000 + CLOCK_DAY), "1 – 2/12/2026");
    CHECK_TEXT(c, i18n_date_range(&arena, "Asia/Ho_Chi_Minh", 1796085000000 - CLOCK_DAY, 1796085000000), "30/11 – 1/12/2026");
    CHECK_TEXT(c, i18n_date_range(&arena, "Asia/Ho_Chi_Minh", 1796085000000, 1796085000000), "1/12/2026");
    CHECK_TEXT(c, i18n_size(&arena, 999), "999 B");
    CHECK_TEXT(c, i18n_size(&arena, 1001), "2 KB");
    CHECK_TEXT(c, i18n_size(&arena, 4200000), "4.2 MB");
    CHECK_TEXT(c, i18n_size(&arena, 20000000), "20 MB");
    /* Every way in which a scan can be answered has its words, so that no screen shows a bare code. */
#define REASON(code, status, sentence) \
    if (REASON_##code <= REASON_unknown_gate && !i18n_has(i18n, "desk.reason." #code)) printf("# no words for " #code "\n"), c->failed++;
#include "core/congress/errors.def"
#undef REASON
    for (int o = 0; o < OUTCOME_COUNT; o++) CHECK(c, i18n_has(i18n, arena_printf(&arena, "desk.outcome.%s", outcome_name((enum outcome)o))));
    arena_release(&arena);
    i18n_free(i18n);
}

static void check_negotiation(struct check *c)
{
    CHECK(c, i18n_negotiate(NULL, I18N_VI) == I18N_VI);
    CHECK(c, i18n_negotiate("vi-VN,vi;q=0.9,en-US;q=0.8", I18N_EN) == I18N_VI);
    CHECK(c, i18n_negotiate("de,en;q=0.3,pt-BR;q=0.7", I18N_VI) == I18N_PT);
    CHECK(c, i18n_negotiate("ar", I18N_VI) == I18N_AR);
    CHECK(c, i18n_negotiate("zh-CN, fr;q=0.5", I18N_EN) == I18N_EN);
    CHECK(c, i18n_negotiate("en;q=0, pt", I18N_VI) == I18N_PT);
    CHECK(c, i18n_negotiate(",,;q=,;;x", I18N_VI) == I18N_VI);
    enum i18n_language language = I18N_EN;
    CHECK(c, i18n_read_tag("PT_br", &language) && language == I18N_PT);
    CHECK(c, !i18n_read_tag("v", &language) && !i18n_read_tag("vie", &language) && !i18n_read_tag("", &language) && !i18n_read_tag(NULL, &language));
}

static void check_titles(struct check *c)
{
    struct arena arena = {0};
    const char *language;
    CHECK_TEXT(c, title_pick(&arena, "{\"vi\":\"Hội\",\"en\":\"Hall\"}", "en"), "Hall");
    CHECK_TEXT(c, title_pick(&arena, "{\"vi\":\"Hội\",\"en\":\"Hall\"}", "ar"), "Hội");
    CHECK_TEXT(c, title_pick_language(&arena, "{\"fr\":\"Salle\"}", "ar", &language), "Salle");
    CHECK_TEXT(c, language, "");
    CHECK_TEXT(c, title_pick(&arena, "\"Một\"", "en"), "Một");
    CHECK_TEXT(c, title_pick(&arena, "plain {text", "en"), "plain {text");
    CHECK_TEXT(c, title_pick(&arena, "{broken", "en"), "{broken");
    CHECK_TEXT(c, title_pick(&arena, "{}", "en"), "");
    CHECK_TEXT(c, title_pick(&arena, NULL, "en"), "");
    arena_release(&arena);
}

static void check_throttle(struct check *c)
{
    struct throttle *t = throttle_new();
    if (!CHECK(c, t != NULL)) return;
    int64_t now = 10 * CLOCK_HOUR;
    for (int i = 0; i < THROTTLE_FREE_TRIES - 1; i++) CHECK(c, throttle_take(t, "lan", now) == 0);
    CHECK(c, throttle_wait(t, "lan", now) == 0);
    CHECK(c, throttle_take(t, "lan", now) == 0 && throttle_wait(t, "lan", now) == 2000);
    CHECK(c, throttle_take(t, "lan", now) == 2000 && throttle_wait(t, "lan", now) == 2000); /* one that has to wait is not counted */
    CHECK(c, throttle_wait(t, "minh", now) == 0);
    now += 2000;
    CHECK(c, throttle_take(t, "lan", now) == 0 && throttle_wait(t, "lan", now) == 4000);
    CHECK(c, throttle_wait(t, "lan", now + 3999) == 1);
    CHECK(c, throttle_wait(t, "lan", now + 4000) == 0);
    throttle_spare(t, "lan"); /* the fifth was not looked at after all: as after the fourth */
    CHECK(c, throttle_wait(t, "lan", now + 2000) == 0);
    for (int i = 0; i < 30; i++) {
        now += throttle_wait(t, "lan", now);
        CHECK(c, throttle_take(t, "lan", now) == 0);
    }
    CHECK(c, throttle_wait(t, "lan", now) == 15 * CLOCK_MINUTE);
    throttle_passed(t, "lan");
    CHECK(c, throttle_wait(t, "lan", now) == 0);
    throttle_free(t);
}

static void check_assets(struct check *c)
{
    const struct web_asset *css = web_asset_find("css/plenum.css");
    CHECK(c, css != NULL && css->body.gzip != NULL && css->body.gzip_length < css->body.length);
    CHECK(c, web_asset_find("css/none.css") == NULL && web_asset_find("") == NULL);
    for (size_t i = 1; i < web_asset_count; i++) CHECK(c, strcmp(web_assets[i - 1].name, web_assets[i].name) < 0);
}

int main(void)
{
    struct check c = {0};
    if (crypto_init() != OK) return 1;
    check_loading(&c);
    check_words(&c);
    check_negotiation(&c);
    check_titles(&c);
    check_throttle(&c);
    check_assets(&c);
    return check_done(&c, "pages");
}
