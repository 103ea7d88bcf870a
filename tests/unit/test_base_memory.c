/* Arenas, buffers, errors: bounds, growth, what happens at a limit. */
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "tests/unit/check.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

static void check_arena(struct check *c)
{
    struct arena a;
    arena_init(&a, 0);
    char *first = arena_strdup(&a, "Đại hội");
    for (int i = 0; i < 5000; i++) {
        unsigned char *p = arena_alloc(&a, (size_t)(i % 97) + 1);
        if (!p || ((uintptr_t)p % 16) != 0 || p[0] != 0) CHECK(c, !"aligned and zeroed");
        if (p) memset(p, 0xff, (size_t)(i % 97) + 1);
    }
    CHECK_TEXT(c, first, "Đại hội");
    CHECK(c, arena_strdup(&a, NULL) == NULL);
    CHECK(c, arena_array(&a, SIZE_MAX / 2, 3) == NULL);
    CHECK(c, arena_alloc(&a, SIZE_MAX - 3) == NULL);
    CHECK_TEXT(c, arena_printf(&a, "%s-%d", "x", 7), "x-7");
    int *items = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 1000; i++) {
        if (arena_grow(&a, &items, &capacity, i, sizeof *items) != 0) break;
        items[i] = (int)i;
    }
    CHECK(c, items && items[0] == 0 && items[999] == 999);
    arena_clear(&a);
    CHECK(c, arena_alloc(&a, 10) != NULL);
    arena_release(&a);
    CHECK(c, a.total == 0);
    arena_release(&a);
}

static void check_limit(struct check *c)
{
    struct arena a;
    arena_init(&a, 10000);
    CHECK(c, arena_alloc(&a, 9000) != NULL);
    CHECK(c, arena_alloc(&a, 4000) == NULL);
    CHECK(c, arena_alloc(&a, 500) != NULL);
    CHECK(c, a.total <= 10000);
    arena_release(&a);
}

static void check_buf(struct check *c)
{
    struct buf b;
    buf_init(&b, 64);
    buf_puts(&b, NULL);
    CHECK_TEXT(c, buf_text(&b), "");
    buf_put_html(&b, "<a href=\"x\">'&'</a>");
    CHECK_TEXT(c, buf_text(&b), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    buf_puts(&b, "0123456789012345678901234567890123456789");
    CHECK(c, !buf_ok(&b) && b.length == 0);
    buf_puts(&b, "more");
    CHECK_TEXT(c, buf_text(&b), "");
    buf_clear(&b);
    CHECK(c, buf_ok(&b));
    buf_put_url(&b, "Đ a/b?c&d~");
    CHECK_TEXT(c, buf_text(&b), "%C4%90%20a%2Fb%3Fc%26d~");
    buf_clear(&b);
    buf_put_csv(&b, "=1+1");
    buf_putc(&b, ',');
    buf_put_csv(&b, "say \"hi\", you");
    CHECK_TEXT(c, buf_text(&b), "\"'=1+1\",\"say \"\"hi\"\", you\"");
    buf_clear(&b);
    buf_put_json(&b, "a\"b\\c\n\x01Đ");
    CHECK_TEXT(c, buf_text(&b), "\"a\\\"b\\\\c\\n\\u0001Đ\"");
    buf_clear(&b);
    buf_printf(&b, "%0*d", 64, 1);
    CHECK(c, buf_ok(&b) && b.length == 64);
    buf_putc(&b, 'x');
    CHECK(c, !buf_ok(&b));
    buf_release(&b);
}

static void check_err(struct check *c)
{
    struct fault f = {0};
    CHECK(c, fault_set(NULL, ERR_IO, "%s", "x") == ERR_IO);
    CHECK(c, fault_set(&f, ERR_INPUT, "%s", "row 3") == ERR_INPUT);
    fault_prefix(&f, "%s", "list.xlsx");
    CHECK_TEXT(c, f.text, "list.xlsx: row 3");
    char longer[2000];
    for (size_t i = 0; i + 3 <= sizeof longer; i += 3) memcpy(longer + i, "ễ", 3);
    longer[1998] = '\0';
    fault_set(&f, ERR_INPUT, "x%s", longer); /* cut in the middle of a letter */
    CHECK(c, strlen(f.text) < FAULT_TEXT_SIZE && text_is_utf8(f.text, strlen(f.text)));
    CHECK(c, err_from_errno(ENOSPC) == ERR_FULL && err_from_errno(EFBIG) == ERR_FULL && err_from_errno(ENOENT) == ERR_NOT_FOUND && err_from_errno(0) == OK);
    CHECK(c, err_exit_code(OK) == 0 && err_exit_code(ERR_IO) == 1 && err_exit_code(ERR_USAGE) == 2);
    for (int i = OK; i <= ERR_BUG; i++) CHECK(c, err_name((enum err)i)[0] != '\0');
}

int main(void)
{
    struct check c = {0};
    check_arena(&c);
    check_limit(&c);
    check_buf(&c);
    check_err(&c);
    return check_done(&c, "base/memory");
}
