/* "01 Khai mạc/02. Báo cáo chính trị.pdf": session, order and title out of names. */
#include "core/base/text.h"
#include "docs-bundle/bundle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CODE_MOST 64

/* Where the words begin behind an order number: "02. ", "02_", "1.2 ", "(3) ", "01-"; but not in "12-BC" and "2026 ". */
static const char *skip_number(const char *name)
{
    const char *p = name;
    size_t digits = 0, longest = 0;
    bool bracket = *p == '(' || *p == '[';
    if (bracket) p++;
    bool zero = *p == '0';
    for (; isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]) && digits); p++) {
        digits = *p == '.' ? 0 : digits + 1;
        if (digits > longest) longest = digits;
    }
    if (!longest || longest > 3) return name;
    const char *end = p;
    if (bracket && *p != ')' && *p != ']') return name;
    bool spaced = false, stopped = false, dash = false;
    for (; *p && strchr(" ._)-]", *p); p++) {
        if (*p == ' ') spaced = true;
        else if (*p == '-') dash = true;
        else stopped = true;
    }
    if (p == end || !*p) return name;
    return dash && !spaced && !stopped && !zero ? name : p;
}

/* Underscores, and hyphens where there is no blank, are how names are written for old systems. */
static char *make_words(struct arena *arena, const char *name, size_t length)
{
    char *words = arena_strndup(arena, name, length);
    if (!words) return NULL;
    size_t hyphens = 0;
    bool blank = false, capital = false;
    for (char *p = words; *p; p++) {
        if (*p == '_') *p = ' ';
        blank = blank || *p == ' ';
        capital = capital || (p > words && isupper((unsigned char)*p));
        hyphens += *p == '-';
    }
    for (char *p = words; *p && !blank && !capital && hyphens > 1; p++)
        if (*p == '-') *p = ' ';
    return text_tidy(arena, words);
}

/* Letters and digits of ASCII with hyphens; *ret_lost when there were others. */
static void add_slug(struct arena *arena, const char *text, struct buf *out, bool *ret_lost)
{
    const char *folded = text_fold(arena, text);
    bool gap = false, any = false;
    for (const char *p = folded ? folded : ""; *p; p++) {
        if (isalnum((unsigned char)*p)) {
            if (gap && any) buf_putc(out, '-');
            buf_putc(out, *p);
            any = true;
            gap = false;
        } else {
            gap = true;
            if ((unsigned char)*p >= 0x80) *ret_lost = true;
        }
    }
    if (!any) *ret_lost = true;
}

char *paper_name_code(struct arena *arena, const char *session, const char *title)
{
    struct buf code;
    bool lost = false;
    buf_init(&code, BUF_LIMIT_LINE);
    if (session) {
        add_slug(arena, session, &code, &lost);
        if (code.length) buf_putc(&code, '.');
    }
    add_slug(arena, title, &code, &lost);
    char *made = NULL;
    if (buf_ok(&code) && !lost && code.length <= CODE_MOST) made = arena_strdup(arena, buf_text(&code));
    else if (buf_ok(&code)) { /* as much as fits, and what tells it from others */
        char hash[CRYPTO_HASH_HEX];
        const char *whole = arena_printf(arena, "%s\n%s", session ? session : "", title);
        size_t n = code.length < CODE_MOST - 9 ? code.length : CODE_MOST - 9;
        while (n && (code.data[n - 1] == '-' || code.data[n - 1] == '.')) n--;
        if (whole) {
            crypto_sha256_hex(whole, strlen(whole), hash);
            made = arena_printf(arena, "%.*s%s%.8s", (int)n, buf_text(&code), n ? "-" : "", hash);
        }
    }
    buf_release(&code);
    return made;
}

enum err paper_name_read(struct arena *arena, const char *relative, struct paper_name *ret)
{
    const char *first = strchr(relative, '/'), *last = strrchr(relative, '/'), *base = last ? last + 1 : relative, *dot = strrchr(base, '.');
    const char *words = skip_number(base);
    struct paper_name name = {0};
    if (dot && words >= dot) words = base;
    name.title = make_words(arena, words, dot && dot > words ? (size_t)(dot - words) : strlen(words));
    if (!name.title || !*name.title) name.title = arena_strdup(arena, base);
    if (first) {
        const char *from = skip_number(relative);
        if (from >= first) from = relative;
        name.session = make_words(arena, from, (size_t)(first - from));
        if (!name.session) return ERR_NOMEM;
        if (!*name.session) name.session = arena_strndup(arena, relative, (size_t)(first - relative));
    }
    for (const char *p = last; name.title && p && p > first;) { /* folders between are part of the title, the outer one first */
        const char *from = p;
        while (from > first + 1 && from[-1] != '/') from--;
        const char *middle = skip_number(from);
        char *folder = make_words(arena, middle < p ? middle : from, (size_t)(p - (middle < p ? middle : from)));
        name.title = folder ? arena_printf(arena, "%s: %s", folder, name.title) : NULL;
        p = from - 1;
    }
    name.code = name.title ? paper_name_code(arena, name.session, name.title) : NULL;
    if (!name.code) return ERR_NOMEM;
    *ret = name;
    return OK;
}

static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0') (*a)++;
    while (**b == '0') (*b)++;
    size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
    int order = n != m ? (n < m ? -1 : 1) : strncmp(*a, *b, n);
    *a += n;
    *b += m;
    return order;
}

/* Folder by folder: the end of a name goes before any letter, and files of a folder before its folders' files stay together. */
static int compare_plain(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            int order = compare_numbers(&a, &b);
            if (order) return order;
            continue;
        }
        unsigned char x = *a == '/' ? 1 : (unsigned char)*a, y = *b == '/' ? 1 : (unsigned char)*b;
        if (x != y) return x < y ? -1 : 1;
        a++, b++;
    }
    return (*a != '\0') - (*b != '\0');
}

int paper_name_compare(const char *a, const char *b)
{
    struct arena scratch = {0};
    const char *slash_a = strchr(a, '/'), *slash_b = strchr(b, '/');
    int order = (slash_a != NULL) - (slash_b != NULL); /* papers of no session first */
    if (!order) {
        char *key_a = arena_strdup(&scratch, a), *key_b = arena_strdup(&scratch, b);
        for (char *p = key_a; p && *p; p++) *p = (char)tolower((unsigned char)*p);
        for (char *p = key_b; p && *p; p++) *p = (char)tolower((unsigned char)*p);
        order = key_a && key_b ? compare_plain(key_a, key_b) : 0;
    }
    arena_release(&scratch);
    return order ? order : strcmp(a, b);
}
