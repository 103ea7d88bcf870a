/* The house's own layouts: names, versions, listing; where a mistake stands in the text; fonts by their name. */
#include "badges/layout/layout.h"
#include "badges/layout/layout_folder.h"
#include "badges/layout/layout_place.h"
#include "core/base/file.h"
#include "core/typeset/line.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAYOUT "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"front\": [{\"qr\": \"badge\", \"box\": [50, 20, 34, 34]}]}"
#define OTHER "{\"format\": \"plenum-layout/1\", \"size\": [91, 60], \"front\": [{\"qr\": \"badge\", \"box\": [50, 20, 34, 34]}]}"

static void test_names(struct check *c)
{
    static const char *const good[] = {"a", "9", "a-b", "mine-2026", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};
    static const char *const bad[] = {"", "-", "-a", "A", "a.b", "..", "a/b", "a b", "\xC3\xA4", "a\n", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) CHECK(c, layout_name_is_good(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(c, !layout_name_is_good(bad[i]));
    CHECK(c, layout_name_is_ready("a6") && !layout_name_is_ready("a7"));
}

static void test_folder(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct layout_entry *list;
    char first[LAYOUT_TAG_SIZE], second[LAYOUT_TAG_SIZE], read[LAYOUT_TAG_SIZE];
    const char *text;
    size_t length, count;
    bool own;
    CHECK(c, layout_folder_delete(folder, "mine", NULL, &fault) == ERR_NOT_FOUND);
    CHECK(c, layout_folder_save(folder, "mine", LAYOUT, strlen(LAYOUT), "0123", first, &fault) == ERR_CONFLICT); /* it was deleted meanwhile */
    CHECK(c, layout_folder_save(folder, "mine", LAYOUT, strlen(LAYOUT), NULL, first, &fault) == OK);
    CHECK(c, layout_folder_save(folder, "mine", OTHER, strlen(OTHER), NULL, second, &fault) == ERR_CONFLICT);
    CHECK(c, layout_folder_save(folder, "mine", OTHER, strlen(OTHER), first, second, &fault) == OK && strcmp(first, second) != 0);
    CHECK(c, layout_folder_save(folder, "mine", LAYOUT, strlen(LAYOUT), first, second, &fault) == ERR_CONFLICT);
    CHECK(c, layout_folder_save(folder, "mine", "{}", 2, "*", second, &fault) == ERR_INPUT);
    CHECK(c, layout_folder_save(folder, "a6", LAYOUT, strlen(LAYOUT), "*", second, &fault) == ERR_DENIED);
    CHECK(c, layout_folder_save(folder, "../mine", LAYOUT, strlen(LAYOUT), "*", second, &fault) == ERR_DENIED);
    CHECK(c, layout_folder_read(&arena, folder, "mine", &text, &length, &own, read, &fault) == OK && own && strcmp(text, OTHER) == 0);
    CHECK(c, layout_folder_read(&arena, folder, "a6", &text, &length, &own, read, &fault) == OK && !own);
    CHECK(c, layout_folder_read(&arena, folder, "../plenum", &text, &length, &own, read, &fault) == ERR_NOT_FOUND);
    const char *broken = arena_printf(&arena, "%s/layouts/broken.json", folder), *odd = arena_printf(&arena, "%s/layouts/Odd.json", folder);
    CHECK(c, file_write_atomic(broken, "{", 1, 0600, NULL) == OK && file_write_atomic(odd, "{", 1, 0600, NULL) == OK);
    if (CHECK(c, layout_folder_list(&arena, folder, &list, &count, &fault) == OK)) {
        CHECK(c, strcmp(list[count - 1].name, "mine") == 0 && list[count - 1].own && list[count - 1].width > 90.9 && !list[count - 1].flaw);
        CHECK(c, strcmp(list[count - 2].name, "broken") == 0 && list[count - 2].flaw);
        CHECK(c, list[0].ready && !list[0].own && list[0].width > 0);
    }
    CHECK(c, layout_folder_delete(folder, "mine", first, &fault) == ERR_CONFLICT);
    CHECK(c, layout_folder_delete(folder, "mine", NULL, &fault) == OK && layout_folder_delete(folder, "broken", "*", &fault) == OK);
    (void)unlink(odd);
    (void)unlink(arena_printf(&arena, "%s/layouts/.lock", folder));
    (void)rmdir(arena_printf(&arena, "%s/layouts", folder));
    arena_release(&arena);
}

static void test_places(struct check *c)
{
    static const char text[] = "{\n \"a\": [1, {\"x\": \"]}\\\"\"}],\n \"front\": [\n  {\"k\": 1},\n  {\"box\": [1,\n   2]}]}";
    static const struct {
        const char *fault;
        unsigned line, column;
        const char *place;
    } cases[] = {{"layout m: front[1].box: bad", 5, 4, "front[1].box"}, {"layout m: front[1].box[1]: bad", 6, 4, "front[1].box[1]"}, {"front[0]: bad", 4, 3, "front[0]"},
                 {"front: is empty", 3, 2, "front"}, {"front[0].size: is required", 4, 3, "front[0].size"}, {"front[9].box: no", 3, 2, "front[9].box"},
                 {"size: is required", 1, 1, "size"}, {"layout m: line 3 column 7: odd", 3, 7, ""}, {"a[1].x: bad", 2, 12, "a[1].x"}, {"all of it is bad", 1, 1, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = {.code = ERR_INPUT};
        struct layout_flaw flaw;
        strcpy(fault.text, cases[i].fault);
        layout_flaw_find(text, sizeof text - 1, &fault, &flaw);
        if (!CHECK(c, flaw.line == cases[i].line && flaw.column == cases[i].column)) printf("# %s: %u, %u\n", cases[i].fault, flaw.line, flaw.column);
        CHECK_TEXT(c, flaw.place, cases[i].place);
    }
    for (size_t n = 0; n < sizeof text; n++) { /* never beyond the end */
        char *cut = malloc(n + 1);
        struct fault fault = {.code = ERR_INPUT, .text = "front[1].box[1]: bad"};
        struct layout_flaw flaw;
        if (!cut) break;
        memcpy(cut, text, n);
        layout_flaw_find(cut, n, &fault, &flaw);
        CHECK(c, flaw.line >= 1);
        free(cut);
    }
}

static void test_fonts(struct check *c)
{
    struct arena arena = {0};
    struct fonts *fonts = NULL;
    struct line line;
    const struct badge_layout *layout;
    static const char text[] = "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"font\": \"Noto Serif\", "
                               "\"front\": [{\"text\": \"a\", \"box\": [1, 1, 50, 9], \"size\": 9}, "
                               "{\"text\": \"b\", \"font\": \"Noto Sans\", \"box\": [1, 11, 50, 9], \"size\": 9}]}";
    if (CHECK(c, badges_layout_read(&arena, "m", text, strlen(text), &layout, NULL) == OK)) {
        CHECK_TEXT(c, layout->front.parts[0].fit.family, "Noto Serif");
        CHECK_TEXT(c, layout->front.parts[1].fit.family, "Noto Sans");
    }
    static const char bad[] = "{\"format\": \"plenum-layout/1\", \"size\": [90, 60], \"font\": \"\", "
                              "\"front\": [{\"text\": \"a\", \"box\": [1, 1, 50, 9], \"size\": 9}]}";
    struct fault fault = {0};
    CHECK(c, badges_layout_read(&arena, "m", bad, strlen(bad), &layout, &fault) == ERR_INPUT && strstr(fault.text, "font: "));
    if (CHECK(c, fonts_new(&fonts, NULL) == OK)) {
        const struct line_style serif = {.language = "vi", .family = "Noto Serif"}, absent = {.language = "vi", .family = "No Such Family 9"};
        const struct line_style plain = {.language = "vi"};
        CHECK(c, line_shape(fonts, &arena, "Hội", &serif, &line) == OK && !line.helped);
        CHECK_TEXT(c, fonts_get(fonts, line.glyphs[0].font)->family, "Noto Serif");
        CHECK(c, line_shape(fonts, &arena, "Hội", &plain, &line) == OK && !line.helped); /* not the one that was kept */
        CHECK_TEXT(c, fonts_get(fonts, line.glyphs[0].font)->family, "Noto Sans");
        CHECK(c, line_shape(fonts, &arena, "Hội", &absent, &line) == OK && line.helped && !line.missing);
        CHECK(c, line_shape(fonts, &arena, "Hội 歐", &serif, &line) == OK && line.helped && !line.missing);
        CHECK(c, fonts_has_family(fonts, "Noto Serif") && !fonts_has_family(fonts, "No Such Family 9"));
        char name[16];
        for (int i = 0; i < 2 * FONT_FAMILIES_MOST; i++) {
            (void)snprintf(name, sizeof name, "Absent %d", i);
            CHECK(c, !fonts_has_family(fonts, name));
        }
        CHECK(c, fonts_has_family(fonts, "Noto Serif"));
    }
    fonts_free(fonts);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    char folder[] = "/tmp/plenum-layouts-XXXXXX";
    test_names(&c);
    if (CHECK(&c, mkdtemp(folder) != NULL)) test_folder(&c, folder);
    (void)rmdir(folder);
    test_places(&c);
    test_fonts(&c);
    return check_done(&c, "badges/layout_folder");
}
