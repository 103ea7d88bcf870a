/* Markdown by libcmark (CommonMark): the only includer of cmark.h. */
#include "core/base/text.h"
#include "docs-bundle/docs.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_fine_link(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; url && i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0) return true;
    return false;
}

/* What stands within goes to where the node stands. */
static void unwrap(cmark_node *node)
{
    for (cmark_node *child; (child = cmark_node_first_child(node)) != NULL;) (void)cmark_node_insert_before(node, child);
    cmark_node_unlink(node);
    cmark_node_free(node);
}

/* Takes raw HTML away, makes pictures their words, and links that lead elsewhere than to a web page, a mailbox or a phone plain text. Afterwards there is
 * nothing left that a phone would load or run. */
static bool clean(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    if (!iter) return false;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
            cmark_node_unlink(node);
            cmark_node_free(node);
        } else if (event == CMARK_EVENT_EXIT && (type == CMARK_NODE_IMAGE || (type == CMARK_NODE_LINK && !is_fine_link(cmark_node_get_url(node))))) {
            unwrap(node);
        }
    }
    cmark_iter_free(iter);
    return true;
}

/* --- tables (CommonMark has none; this is GitHub's form of them) -------------------------------------------------------------------------- */

/* The words of a paragraph, line by line; what is strong in it is not strong in a table. */
static bool take_lines(cmark_node *paragraph, struct buf *out)
{
    cmark_iter *iter = cmark_iter_new(paragraph);
    cmark_event_type event;
    while (iter && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (event != CMARK_EVENT_ENTER) continue;
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) buf_puts(out, cmark_node_get_literal(node));
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) buf_putc(out, '\n');
    }
    bool good = iter != NULL;
    cmark_iter_free(iter);
    return good && buf_ok(out);
}

/* The next cell of a line, without blanks around; NULL: there is none. */
static const char *next_cell(const char **at, const char *end, size_t *ret_length)
{
    const char *p = *at, *bar;
    if (p >= end) return NULL;
    bar = memchr(p, '|', (size_t)(end - p));
    *at = bar ? bar + 1 : end;
    if (!bar) bar = end;
    while (p < bar && *p == ' ') p++;
    while (bar > p && bar[-1] == ' ') bar--;
    *ret_length = (size_t)(bar - p);
    return p;
}

/* A line without the bars that may stand at its ends. */
static void trim_line(const char **line, const char **end)
{
    while (*line < *end && **line == ' ') (*line)++;
    while (*end > *line && (*end)[-1] == ' ') (*end)--;
    if (*line < *end && **line == '|') (*line)++;
    if (*end > *line && (*end)[-1] == '|') (*end)--;
}

#define COLUMNS_MOST 16

/* "|---|---:|": how many columns, and which stand at the right; 0: it is no such line. */
static size_t read_ruler(const char *line, const char *end, bool right[COLUMNS_MOST])
{
    size_t count = 0, n;
    bool has_bar = memchr(line, '|', (size_t)(end - line)) != NULL;
    trim_line(&line, &end);
    for (const char *cell; (cell = next_cell(&line, end, &n)); count++) {
        size_t from = n && cell[0] == ':', to = n && cell[n - 1] == ':' ? n - 1 : n;
        if (count == COLUMNS_MOST || to <= from || strspn(cell + from, "-") < to - from) return 0;
        right[count] = to < n && !from;
    }
    return has_bar ? count : 0;
}

static void put_row(struct buf *out, const char *line, const char *end, size_t columns, const bool *right, const char *tag)
{
    size_t n = 0;
    trim_line(&line, &end);
    buf_puts(out, "<tr>");
    for (size_t i = 0; i < columns; i++) {
        const char *cell = next_cell(&line, end, &n);
        buf_printf(out, "<%s%s>", tag, right[i] ? " align=\"right\"" : "");
        char *words = cell ? strndup(cell, n) : NULL;
        if (words) buf_put_html(out, words);
        else if (cell) out->failed = true;
        free(words);
        buf_printf(out, "</%s>", tag);
    }
    buf_puts(out, "</tr>");
}

/* False: these lines are no table, and nothing was written. */
static bool put_table(struct buf *out, const char *lines)
{
    bool right[COLUMNS_MOST] = {false};
    const char *first_end = strchr(lines, '\n'), *second = first_end ? first_end + 1 : NULL, *end = second ? second + strcspn(second, "\n") : NULL;
    size_t columns = second ? read_ruler(second, end, right) : 0;
    if (!columns || !memchr(lines, '|', (size_t)(first_end - lines))) return false;
    buf_puts(out, "<table><thead>");
    put_row(out, lines, first_end, columns, right, "th");
    buf_puts(out, "</thead><tbody>");
    for (const char *line = *end ? end + 1 : end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        put_row(out, line, end, columns, right, "td");
    }
    buf_puts(out, "</tbody></table>");
    return true;
}

static void make_table(cmark_node *paragraph)
{
    struct buf lines, html;
    buf_init(&lines, (size_t)DOCS_TEXT_MOST);
    buf_init(&html, 4 * (size_t)DOCS_TEXT_MOST);
    bool is_table = take_lines(paragraph, &lines) && put_table(&html, buf_text(&lines)) && buf_ok(&html);
    cmark_node *node = is_table ? cmark_node_new(CMARK_NODE_CUSTOM_BLOCK) : NULL;
    if (node && cmark_node_set_on_enter(node, buf_text(&html)) && cmark_node_insert_before(paragraph, node)) {
        cmark_node_unlink(paragraph);
        cmark_node_free(paragraph);
    } else if (node) {
        cmark_node_free(node);
    }
    buf_release(&lines);
    buf_release(&html);
}

static void make_tables(cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    while (iter && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_EXIT && cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH) make_table(node);
    }
    cmark_iter_free(iter);
}

/* Words only: lines as they were written, since a secrecy stamp may be one of them; items of lists with a dot. */
static char *render_text(cmark_node *root)
{
    struct buf out;
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    buf_init(&out, 2 * (size_t)DOCS_TEXT_MOST);
    while (iter && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (event == CMARK_EVENT_EXIT) {
            if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING) buf_putc(&out, '\n');
        } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) {
            buf_puts(&out, cmark_node_get_literal(node));
        } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
            buf_putc(&out, '\n');
        } else if (type == CMARK_NODE_ITEM) {
            buf_puts(&out, "• ");
        }
    }
    if (!iter) out.failed = true;
    cmark_iter_free(iter);
    char *made = buf_ok(&out) ? strdup(buf_text(&out)) : NULL;
    buf_release(&out);
    return made;
}

static char *render(struct arena *arena, const char *text, size_t length, bool as_html)
{
    if (!text_is_utf8(text, length)) return NULL;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    cmark_node *root = cmark_parse_document(text, length, CMARK_OPT_DEFAULT);
    char *made = NULL;
    bool clear = root && clean(root);
    if (clear && as_html) make_tables(root);
    if (clear) made = as_html ? cmark_render_html(root, CMARK_OPT_DEFAULT) : render_text(root);
    char *copy = made ? arena_strdup(arena, made) : NULL;
    free(made);
    cmark_node_free(root);
    return copy;
}

char *docs_markdown_html(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, true);
}

char *docs_markdown_text(struct arena *arena, const char *text, size_t length)
{
    return render(arena, text, length, false);
}
