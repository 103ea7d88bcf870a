/* Texts for chat groups: what is in them, in which order, and what may never be. */
#include "core/congress/messages/chat_text.h"
#include "tests/unit/check.h"

static const char *made(const struct chat_text *text, struct buf *out, enum err *ret)
{
    buf_release(out);
    buf_init(out, BUF_LIMIT_BODY);
    *ret = chat_text_write(text, out);
    buf_putc(out, '\0');
    return out->data ? out->data : "";
}

int main(void)
{
    struct check c = {0};
    struct buf out;
    enum err e;
    buf_init(&out, BUF_LIMIT_BODY);
    static const struct chat_session sessions[] = {{"08:00", "11:30", "Khai mạc", "Hội trường"}, {"13:30", "15:00", "Thảo luận", NULL}};
    static const char *const papers[] = {"Báo cáo", "Dự thảo"};
    struct chat_text t = {.title = "Đại hội", .urgent_word = "Khẩn:", .announcement = "Xe 4 ở cổng 2", .programme_title = "Chương trình:",
                          .sessions = sessions, .session_count = 2, .papers_title = "Tài liệu mới:", .papers = papers, .paper_count = 2,
                          .wifi_title = "Mạng:", .wifi_name = "Hoi", .password_title = "Mật khẩu:",
                          .wifi_password = "x y", .link_title = "Trang:", .link = "http://a.vn/e/dh"};
    CHECK_TEXT(&c, made(&t, &out, &e), "Đại hội\n\nKhẩn: Xe 4 ở cổng 2\n\n"
               "Chương trình:\n08:00–11:30  Khai mạc (Hội trường)\n13:30–15:00  Thảo luận\n\n"
               "Tài liệu mới:\n• Báo cáo\n• Dự thảo\n\n"
               "Mạng: Hoi\nMật khẩu: x y\n\nTrang:\nhttp://a.vn/e/dh");
    CHECK(&c, e == OK);
    struct chat_text least = {.announcement = "Một"};
    CHECK_TEXT(&c, made(&least, &out, &e), "Một");
    struct chat_text nothing = {0};
    CHECK_TEXT(&c, made(&nothing, &out, &e), "");
    CHECK(&c, e == OK);
    struct chat_text open_wifi = {.wifi_title = "Mạng:", .wifi_name = "Mở"};
    CHECK_TEXT(&c, made(&open_wifi, &out, &e), "Mạng: Mở");
    struct chat_text arabic = {.papers_title = "وثائق:", .papers = papers, .paper_count = 1, .isolate = true};
    CHECK_TEXT(&c, made(&arabic, &out, &e), "وثائق:\n• \xe2\x81\xa8" "Báo cáo\xe2\x81\xa9");
    /* A badge's address, wherever it was written, in either case. */
    const char **const places[] = {&t.title, &t.announcement, &t.link, &t.wifi_name, &t.papers_title, &t.programme_title};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *was = *places[i];
        *places[i] = i % 2 ? "http://a.vn/D/7K3M9QWXT2VB4HNJ" : "/d/7k3m-9qwx-t2vb-4hnj";
        CHECK_TEXT(&c, made(&t, &out, &e), "");
        CHECK(&c, e == ERR_DENIED);
        *places[i] = was;
    }
    CHECK(&c, made(&t, &out, &e)[0] != '\0' && e == OK);
    buf_release(&out);
    return check_done(&c, "texts for chat groups");
}
