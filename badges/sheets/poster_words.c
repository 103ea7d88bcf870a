#include "badges/sheets/poster_words.h"

#include "core/base/text.h"

/* The buttons stand as iOS 17 and Android 14 call them; the English name beside where a phone may be set to English. */
static const struct poster_words words[] = {
    {"vi", "Quét mã để vào Wi-Fi", "Tên mạng", "Mật khẩu", "không cần mật khẩu", "Quét mã để mở trang sự kiện", "hoặc gõ",
     "Máy báo “không có Internet”? Cứ giữ Wi-Fi này.", "iPhone: chọn “Dùng không cần Internet” (Use Without Internet)",
     "Android: chọn “Có”, “Giữ kết nối” (Yes, Stay connected)",
     "Trang vẫn không mở? Tắt dữ liệu di động (4G/5G)."},
    {"en", "Scan to join the Wi-Fi", "Network", "Password", "no password needed", "Scan to open the event’s page", "or type",
     "The phone says “no internet”? Stay on this Wi-Fi.", "iPhone: press “Use Without Internet” or “Keep Trying Wi-Fi”", "Android: press “Yes” or “Stay connected”",
     "The page still does not open? Switch mobile data off."},
    {"pt", "Leia o código para entrar no Wi-Fi", "Rede", "Palavra-passe", "sem palavra-passe", "Leia o código para abrir a página do evento", "ou escreva",
     "O telefone diz “sem internet”? Fique neste Wi-Fi.", "iPhone: toque em “Usar sem Internet”", "Android: toque em “Sim” ou “Manter ligação”",
     "A página ainda não abre? Desligue os dados móveis."},
    {"ar", "امسح الرمز للاتصال بشبكة Wi-Fi", "الشبكة", "كلمة المرور", "بلا كلمة مرور", "امسح الرمز لفتح صفحة الحدث", "أو اكتب",
     "يقول الهاتف «لا يوجد إنترنت»؟ ابقَ على هذه الشبكة.", "iPhone: اضغط «استخدام بدون إنترنت»", "Android: اضغط «نعم» أو «البقاء متصلاً»",
     "لم تُفتح الصفحة بعد؟ أوقف بيانات الهاتف."},
};

const struct poster_words *poster_words_find(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is_of_language(language, words[i].language)) return &words[i];
    return NULL;
}
