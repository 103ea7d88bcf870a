#include "server/template/template.h"
#include "tests/unit/check.h"

#include <stdlib.h>

static const char *words(void *context, const char *key)
{
    (void)context;
    return strcmp(key, "hello") == 0 ? "Chào <b>" : "";
}

static bool knows(void *context, const char *key)
{
    (void)context;
    return strcmp(key, "hello") == 0;
}

static enum err compile(const char *text, const char *partial, struct template_set **set, struct fault *fault)
{
    struct template_source sources[] = {{"main", text, strlen(text)}, {"part", partial, strlen(partial)}};
    return template_set_make(sources, 2, knows, NULL, set, fault);
}

/* Renders `text` with a partial and a view given as JSON; "!" and the error's name when it fails. */
static char *render(const char *text, const char *partial, const char *view_text, size_t limit)
{
    struct template_set *set = NULL;
    struct fault fault = {0};
    json_t *view = NULL;
    struct buf out;
    buf_init(&out, limit);
    enum err err = compile(text, partial, &set, &fault);
    if (err == OK) err = json_read(view_text, strlen(view_text), &view, &fault);
    if (err == OK) err = template_render(set, "main", view, words, NULL, &out);
    char *result = NULL;
    if (err == OK) result = strdup(buf_text(&out));
    else if (asprintf(&result, "!%s", err_name(err)) < 0) result = NULL;
    buf_release(&out);
    json_decref(view);
    template_set_free(set);
    return result;
}

static void check_render(struct check *c, const char *text, const char *view, const char *want)
{
    char *got = render(text, "[{{name}}]", view, 1000);
    CHECK_TEXT(c, got, want);
    free(got);
}

static void check_refused(struct check *c, const char *text, const char *place)
{
    struct template_set *set = NULL;
    struct fault fault = {0};
    CHECK(c, compile(text, "", &set, &fault) == ERR_INPUT);
    if (!CHECK(c, strstr(fault.text, place) != NULL)) printf("# fault: %s\n", fault.text);
}

static void check_values(struct check *c)
{
    check_render(c, "a{{x}}b", "{\"x\":\"<i a='1\\\"&>\"}", "a&lt;i a=&#39;1&quot;&amp;&gt;b");
    check_render(c, "{{n}} {{m}} {{t}} {{z}}", "{\"n\":-12,\"m\":0.5,\"t\":true,\"z\":null}", "-12 0.5 true ");
    check_render(c, "{{a.b.c}}|{{a.x}}|{{nothing}}", "{\"a\":{\"b\":{\"c\":\"deep\"}}}", "deep||");
    check_render(c, "{{ spaced }}{{! a comment }}", "{\"spaced\":1}", "1");
    check_render(c, "{{@hello}}", "{}", "Chào &lt;b&gt;");
}

static void check_sections(struct check *c)
{
    check_render(c, "{{#list}}<{{.}}>{{/list}}", "{\"list\":[\"a\",2,\"&\"]}", "<a><2><&amp;>");
    check_render(c, "{{#p}}{{name}} of {{org}};{{/p}}", "{\"org\":\"O\",\"p\":[{\"name\":\"A\"},{\"name\":\"B\",\"org\":\"own\"}]}", "A of O;B of own;");
    check_render(c, "{{#yes}}Y{{/yes}}{{^yes}}N{{/yes}}", "{\"yes\":true}", "Y");
    check_render(c, "{{#yes}}Y{{/yes}}{{^yes}}N{{/yes}}", "{\"yes\":[]}", "N");
    check_render(c, "{{#yes}}Y{{/yes}}{{^yes}}N{{/yes}}", "{\"yes\":\"\"}", "N");
    check_render(c, "{{^yes}}N{{/yes}}", "{}", "N");
    check_render(c, "{{#zero}}Z{{/zero}}", "{\"zero\":0}", "Z"); /* a number is there */
    check_render(c, "{{#a}}{{#b}}{{x}}{{/b}}-{{/a}}", "{\"a\":[{\"b\":[{\"x\":1},{\"x\":2}]},{\"b\":false}]}", "12--");
    check_render(c, "{{#who}}{{>part}}{{/who}}", "{\"who\":[{\"name\":\"A\"},{\"name\":\"B\"}]}", "[A][B]");
}

static void check_lines(struct check *c)
{
    check_render(c, "a\n{{#x}}\nb\n{{/x}}\nc\n", "{\"x\":1}", "a\nb\nc\n");
    check_render(c, "a\n  {{#x}}\n  b\n  {{/x}}\nc", "{\"x\":1}", "a\n  b\nc");
    check_render(c, "a {{#x}}\nb{{/x}}\n", "{\"x\":1}", "a \nb\n");
    check_render(c, "{{#x}}{{/x}}\nb", "{\"x\":1}", "\nb");
}

static void check_bounds(struct check *c)
{
    char *got = render("{{#l}}0123456789{{/l}}", "", "{\"l\":[1,2,3,4,5,6]}", 50);
    CHECK_TEXT(c, got, "!too large");
    free(got);
    got = render("{{>part}}", "{{>part}}", "{}", 1000);
    CHECK_TEXT(c, got, "!too large");
    free(got);
}

int main(void)
{
    struct check c = {0};
    check_values(&c);
    check_sections(&c);
    check_lines(&c);
    check_bounds(&c);
    check_refused(&c, "\n\n{{#open}}", "line 3");
    check_refused(&c, "{{#a}}{{/b}}", "\"b\"");
    check_refused(&c, "{{/b}}", "nothing is open");
    check_refused(&c, "{{>unknown}}", "unknown");
    check_refused(&c, "{{@unknown}}", "unknown");
    check_refused(&c, "x {{never", "not closed");
    check_refused(&c, "{{{raw}}}", "not a key");
    check_refused(&c, "{{&raw}}", "not a key");
    check_refused(&c, "{{a..b}}", "not a key");
    return check_done(&c, "template");
}
