/* The playlist as it is stored: pages, names of slides, times; sizes of stills. */
#include "core/base/arena.h"
#include "core/congress/our_work/our_work.h"
#include "tests/unit/check.h"

#include <string.h>

static void check_pages(struct check *check)
{
    static const char *const wrong[] = {"", "0", "a", "-", "1-", "-2", "3-2", "1-2-3", "01", "2-03", "12345", "1 -2", "1,2"};
    int64_t first = 7, last = 7;
    CHECK(check, our_work_pages_parse("3", &first, &last) && first == 3 && last == 3);
    CHECK(check, our_work_pages_parse("2-5", &first, &last) && first == 2 && last == 5);
    CHECK(check, our_work_pages_parse("9999-9999", &first, &last) && first == 9999);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        first = last = 7;
        CHECK(check, !our_work_pages_parse(wrong[i], &first, &last) && first == 7 && last == 7);
    }
}

static void check_range(struct check *check)
{
    int64_t first, last;
    struct our_work_slide all = {0}, some = {.first = 2, .last = 5}, behind = {.first = 9, .last = 12};
    CHECK(check, our_work_range(&all, 1, &first, &last) && first == 1 && last == 1);
    CHECK(check, our_work_range(&all, 64, &first, &last) && first == 1 && last == OUR_WORK_PAGES_MOST);
    CHECK(check, our_work_range(&some, 3, &first, &last) && first == 2 && last == 3);
    CHECK(check, our_work_range(&behind, 100, &first, &last) && first == 9 && last == 12);
    CHECK(check, !our_work_range(&behind, 8, &first, &last));
    CHECK(check, !our_work_range(&all, 0, &first, &last));
}

static void check_kinds(struct check *check)
{
    CHECK(check, our_work_may_show("slides/a.jpg", "image/jpeg") && our_work_may_show("a.PDF", "application/pdf"));
    CHECK(check, our_work_may_show("a.md", "text/plain; charset=utf-8") && our_work_may_show("a.MARKDOWN", "text/plain; charset=utf-8"));
    CHECK(check, !our_work_may_show("a.txt", "text/plain; charset=utf-8") && !our_work_may_show("a.svg", "image/svg+xml") && !our_work_may_show("a.md", "text/html"));
}

static void check_reading(struct check *check)
{
    struct arena arena = {0};
    struct our_work work = {0}, moved = {0};
    static const char list[] = "[{\"file\":\"slides/a.jpg\",\"blob\":\"x\",\"seconds\":1},{\"file\":\"slides/a.jpg\",\"blob\":\"x\",\"seconds\":900,\"state\":\"off\"},"
                               "{\"file\":\"slides/b.pdf\",\"blob\":\"y\",\"caption\":{\"vi\":\"Ảnh\"},\"seconds\":12,\"pages\":\"2-5\",\"from\":100,\"until\":200}]";
    static const char other[] = "[{\"file\":\"slides/b.pdf\",\"blob\":\"y\",\"seconds\":5,\"pages\":\"2-5\"}]";
    CHECK(check, our_work_parse(&arena, list, "{\"text\":{\"vi\":\"Chào\"},\"picture\":\"slides/w.jpg\",\"blob\":\"z\"}", &work) == OK && work.count == 3);
    CHECK(check, work.slides[0].seconds == OUR_WORK_SECONDS_LEAST && work.slides[1].seconds == OUR_WORK_SECONDS_MOST && work.slides[2].seconds == 12);
    CHECK(check, work.slides[0].on && !work.slides[1].on && !our_work_is_on(&work.slides[1], 0));
    CHECK(check, strcmp(work.slides[0].id, work.slides[1].id) != 0); /* the same file twice is two slides */
    CHECK(check, !our_work_is_on(&work.slides[2], 99) && our_work_is_on(&work.slides[2], 100));
    CHECK(check, our_work_is_on(&work.slides[2], 199) && !our_work_is_on(&work.slides[2], 200));
    CHECK(check, our_work_is_on(&work.slides[0], 0) && work.slides[2].first == 2 && work.slides[2].last == 5);
    CHECK(check, strcmp(work.welcome_picture, "slides/w.jpg") == 0 && strcmp(work.welcome_sha256, "z") == 0 && strstr(work.welcome_text, "Chào"));
    CHECK(check, our_work_parse(&arena, other, NULL, &moved) == OK && moved.count == 1);
    CHECK(check, strcmp(moved.slides[0].id, work.slides[2].id) == 0);    /* seconds, caption and place are not what it is */
    CHECK(check, strcmp(moved.slides[0].mark, work.slides[2].mark) != 0); /* but a form sees that they changed */
    CHECK(check, our_work_parse(&arena, NULL, NULL, &work) == OK && work.count == 0 && !work.welcome_text);
    CHECK(check, our_work_parse(&arena, "[{", NULL, &work) != OK);
    arena_release(&arena);
}

int main(void)
{
    struct check check = {0};
    check_pages(&check);
    check_range(&check);
    check_kinds(&check);
    check_reading(&check);
    return check_done(&check, "our work");
}
