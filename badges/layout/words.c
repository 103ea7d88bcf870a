#include "badges/layout/words.h"

#include "core/base/text.h"

static const struct badge_words words[] = {
    {"vi", "Thẻ đại biểu", "Số", "Ghế", "Tổ thảo luận", "Họ và tên", "Chức vụ", "Đoàn", "Phòng", "Xe", "Chương trình", "Tài liệu", "Wi-Fi", "Bàn đón tiếp",
     "Thẻ thành viên", "Thẻ thành viên", "Tham gia từ"},
    {"en", "Badges", "No.", "Seat", "Discussion group", "Name", "Title", "Delegation", "Room", "Transport", "Programme", "Papers", "Wi-Fi", "Registration desk",
     "Member card", "Member cards", "Member since"},
    {"pt", "Crachás", "N.º", "Lugar", "Grupo de trabalho", "Nome", "Cargo", "Delegação", "Quarto", "Transporte", "Programa", "Documentos", "Wi-Fi", "Recepção",
     "Cartão de membro", "Cartões de membro", "Membro desde"},
    {"ar", "بطاقات", "الرقم", "المقعد", "مجموعة النقاش", "الاسم", "الصفة", "الوفد", "الغرفة", "النقل", "البرنامج", "الوثائق", "واي فاي", "مكتب الاستقبال",
     "بطاقة عضوية", "بطاقات العضوية", "عضو منذ"},
};

const struct badge_words *badge_words_find(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is_of_language(language, words[i].language)) return &words[i];
    return &words[0];
}
