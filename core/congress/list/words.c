/* Words that offices write into cells. All are compared in their search form (without accents and case), signs as they are. */
#include "core/base/text.h"
#include "core/congress/list/list_private.h"

#include <string.h>

static bool is_of(const char *word, const char *all)
{
    size_t n = strlen(word);
    for (const char *p = all; n && *p;) {
        size_t m = strcspn(p, "|");
        if (m == n && memcmp(p, word, n) == 0) return true;
        p += m + (p[m] == '|');
    }
    return false;
}

/* The search form of a short text without an arena of the caller's. "" when it is long. */
#define SHORT 96
static void fold_short(const char *text, char out[SHORT])
{
    size_t n = strlen(text);
    bool plain = n < SHORT;
    out[0] = '\0';
    if (!plain) return;
    for (size_t i = 0; i < n && plain; i++) plain = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') || (text[i] >= '0' && text[i] <= '9');
    if (plain) {
        for (size_t i = 0; i <= n; i++) out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        return;
    }
    struct arena arena = {0};
    const char *folded = text_fold(&arena, text);
    if (folded && strlen(folded) < SHORT) memcpy(out, folded, strlen(folded) + 1);
    arena_release(&arena);
}

enum list_word list_word_yes_no(const char *text, bool *ret_mark)
{
    static const char yes_signs[] = "x|X|xx|XX|х|Х|×|✓|✔|√|v|V|☑|☒|■|●|•|+|*|✗|✘|ü|þ|û|R"; /* the last ones are ticks of Wingdings; х: of the Cyrillic keys */
    static const char no_signs[] = "-|--|---|–|—|☐|□|○|/|.";
    static const char yes[] = "co|yes|y|sim|s|نعم|true|dung|1|oui|si|c|verdadeiro|صحيح|ok|roi|da co";
    static const char no[] = "khong|ko|k|no|n|nao|لا|false|sai|0|non|chua|falso|خطا|none|khg|nil|na|n a|chua co|khong co|khong co so|k co|ko co|sem|nao tem|لا يوجد";
    char plain[SHORT];
    *ret_mark = true;
    if (is_of(text, yes_signs)) return LIST_WORD_YES;
    if (is_of(text, no_signs)) return LIST_WORD_NO;
    fold_short(text, plain);
    *ret_mark = strcmp(plain, "1") == 0;
    if (is_of(plain, yes)) return LIST_WORD_YES;
    return is_of(plain, no) ? LIST_WORD_NO : LIST_WORD_OTHER;
}

char list_word_sex(const char *plain, const char *text)
{
    if (strcmp(plain, "co") == 0) return strstr(text, "ô") || strstr(text, "Ô") ? 'f' : 0;
    if (is_of(plain, "nam|m|male|man|masculino|masc|homem|h|ذكر|رجل|trai|ong|mr|sr|masculin")) return 'm';
    if (is_of(plain, "nu|f|female|woman|feminino|fem|mulher|انثي|انثى|امراة|gai|ba|mrs|ms|miss|sra|feminin|w")) return 'f';
    return is_of(plain, "x|khac|other|outro|outra|اخر|diverse|non binary|nao binario") ? 'x' : 0;
}

char list_word_sex_heading(const char *plain)
{
    if (is_of(plain, "nam|m|male|males|men|man|masculino|masc|homem|homens|h|ذكر|ذكور|رجال|sexo m|nam gioi|gioi tinh nam|phai nam|sexo masculino")) return 'm';
    return is_of(plain, "nu|f|female|females|women|woman|feminino|fem|mulher|mulheres|انثي|انثى|اناث|نساء|w|nu gioi|la nu|gioi tinh nu|phai nu|"
                        "sexo feminino|sexo f") ? 'f' : 0;
}

char list_word_day_part(const char *plain, const char *text)
{
    if (is_of(plain, "ngay|day|dd|dia|d|يوم|اليوم")) return 'd';
    if (is_of(plain, "thang|month|mm|mes|شهر|الشهر|th|thg")) return 'm';
    if (is_of(plain, "year|yyyy|ano|سنة|السنة|عام|yy")) return 'y';
    return strcmp(plain, "nam") == 0 && (strstr(text, "ă") || strstr(text, "Ă")) ? 'y' : 0;
}

const char *list_word_enum(const char *field, const char *plain)
{
    static const struct {
        const char *field, *name, *words;
    } all[] = {
        {"mandate", "ex_officio", "duong nhien|dai bieu duong nhien|ex officio|ex_officio|by office|inerente|por inerencia|nato|بحكم المنصب|dn|db duong nhien|"
                                  "dbdn|uy vien bch"},
        {"mandate", "elected", "bau|duoc bau|dai bieu bau|dai bieu duoc bau|bau cu|elected|eleito|eleita|eleitos|منتخب|منتخبة|db bau|duoc bau len|dai hoi bau|"
                               "hoi nghi bau"},
        {"mandate", "appointed", "chi dinh|duoc chi dinh|dai bieu chi dinh|appointed|nominated|nomeado|nomeada|designado|designada|معين|معينة|db chi dinh|cu"},
        {"status", "summoned", "chinh thuc|trieu tap|duoc trieu tap|summoned|full|convocado|convocada|efetivo|efetiva|اصلي|مدعو|called|voting"},
        {"status", "alternate", "du khuyet|alternate|substitute|reserve|suplente|احتياطي|احتياط|بديل|dk"},
        {"status", "replaced", "da thay|thay the|bi thay|da duoc thay the|replaced|substituido|substituida|مستبدل"},
        {"status", "withdrawn", "rut|xin rut|da rut|withdrawn|resigned|retirado|desistiu|renunciou|منسحب|xin thoi"},
        {"status", "disqualified", "khong du tu cach|bi loai|bac tu cach|disqualified|desqualificado|desclassificado|غير مؤهل|غير موهل"},
        {"needs", "paper", "tai lieu giay|ban in|giay|in giay|paper|printed papers|papel|documentos em papel|نسخة ورقية|ورق"},
        {"needs", "large_print", "chu to|in to|chu lon|mat kem|large print|large_print|letra grande|letras grandes|خط كبير"},
        {"needs", "no_phone", "khong co dien thoai|khong dung dien thoai|khong dien thoai|khong co smartphone|no phone|no_phone|sem telemovel|sem telefone|"
                              "sem celular|بدون هاتف"},
        {"needs", "wheelchair", "xe lan|ngoi xe lan|wheelchair|wheel chair|cadeira de rodas|كرسي متحرك"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].field, field) == 0 && (strcmp(all[i].name, plain) == 0 || is_of(plain, all[i].words))) return all[i].name;
    return NULL;
}

/* One honorific at the beginning of `text`, in its search form. */
static size_t honorific_length(const char *text)
{
    static const char words[] = "ong|ba|anh|chi|co|dong chi|dc|d c|ds|ths|ts|pgs|gs|bs|ks|luat su|bac si|ky su|giao su|mr|mrs|ms|miss|mx|dr|prof|sir|rev|hon|"
                                "cllr|councillor|madam|sr|sra|srta|"
                                "dra|exmo|exma|exmo sr|exma sra|dom|dona|eng|enga|arq|senhor|senhora|doutor|doutora|camarada|السيد|السيدة|الانسة|الاستاذ|"
                                "الاستاذة|الدكتور|الدكتورة|د|ا|المهندس|الشيخ|الحاج";
    /* also parts of names: taken when a full stop or a slash follows, or as one of a pair */
    static const char only_marked[] = "anh|chi|co|ba|ds|d|ا|hon|dom|eng|ms|sir|ks|bs|gs|ts|dc|ong";
    for (size_t n = 1; text[n - 1]; n++) {
        bool end = text[n] == ' ' || text[n] == '.' || text[n] == ':' || (text[n] == '/' && n != 1 && n != 2 && (unsigned char)text[n + 1] > ' ');
        if (n > 40) return 0;
        if (!end) continue;
        char copy[48], plain[SHORT];
        memcpy(copy, text, n);
        copy[n] = '\0';
        fold_short(copy, plain);
        if (!is_of(plain, words)) {
            if (text[n] == ' ' && n > 12) return 0;
            continue;
        }
        bool marked = text[n] == '.' || text[n] == ':' || strchr(copy, '/') || strchr(copy, '.');
        size_t after = n + strspn(text + n, ".:");
        after += strspn(text + after, " ");
        if (!text[after]) return 0;
        if (marked || !is_of(plain, only_marked) || strcmp(copy, "Ông") == 0 || strcmp(copy, "Bà") == 0 || strcmp(copy, "ÔNG") == 0 || strcmp(copy, "BÀ") == 0 ||
            strcmp(copy, "Ms") == 0)
            return after;
        return 0;
    }
    return 0;
}

size_t list_word_honorific(const char *text)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t n = honorific_length(text + at);
        if (!n) break;
        at += n;
    }
    return at;
}

bool list_word_is_same_as_above(const char *text)
{
    static const char signs[] = "\"|''|”|“|〃|//|\"\"|-\"-|- \" -|- nt -|-nt-|,,|-//-";
    char plain[SHORT];
    if (is_of(text, signs)) return true;
    if (strlen(text) > 16) return false;
    fold_short(text, plain);
    for (const char *p = text; strlen(plain) <= 2 && *p; p++) /* "Đỏ" is a colour, "Đỗ" a name */
        if ((unsigned char)*p >= 0x80) return false;
    return is_of(plain, "nt|nhu tren|idem|id|ditto|do|as above|o mesmo|نفسه|كما سبق");
}

static bool begins(const char *plain, const char *all)
{
    for (const char *p = all; *p;) {
        size_t m = strcspn(p, "|");
        if (strncmp(plain, p, m) == 0 && (plain[m] == '\0' || plain[m] == ' ')) return true;
        p += m + (p[m] == '|');
    }
    return false;
}

char list_word_row(const char *plain, const char *text)
{
    static const char sums[] = "tong|cong|total|totals|soma|sum|totais|count|مجموع";
    static const char total[] = "tong cong|tong so|cong don vi|cong lai|cong trang|cong don|cong mang sang|mang sang|tong trang|"
                                "an dinh danh sach|danh sach co|danh sach nay co|danh sach gom|subtotal|grand total|"
                                "total geral|sub total|"
                                "المجموع|الاجمالي|العدد الاجمالي|tong hop";
    static const char note[] = "ghi chu|luu y|chu thich|noi nhan|nguon|note|notes|remarks|obs|observacoes|nota|notas|ملاحظة|ملاحظات|trong do|source|fonte|luu|"
                               "kinh gui|kinh trinh|cc|page|trang|pagina|صفحة|"
                               "de nghi|cac don vi|printed|impresso em|generated|exported|legend|legenda|قائمة";
    static const char sign[] = "tm|t m|kt|k t|tl|t l|tuq|q|chu tich|pho chu tich|bi thu|pho bi thu|giam doc|pho giam doc|truong ban|pho truong ban|nguoi lap|"
                               "nguoi lap bieu|nguoi lap bang|nguoi lap danh sach|"
                               "thu truong|thu truong don vi|thu ky|ky ten|ky va ghi ro ho ten|ky ghi ro ho ten|da ky|xac nhan|xac nhan cua|duyet|phe duyet|"
                               "can bo lap|ke toan|hieu truong|chu toa|doan chu tich|"
                               "signature|signed|prepared by|approved by|the secretary|secretary|chair|chairman|president|mayor|town clerk|clerk|o presidente|"
                               "a presidente|o secretario|a secretaria|assinatura|"
                               "a direcao|o director|o diretor|visto|التوقيع|توقيع|الرئيس|الامين|الختم|المدير|الامين العام|رئيس|ban thuong vu|ban chap hanh";
    static const char group[] = "khoi|cum|doan dai bieu|doan|don vi|cong doan|phong|ban|truong|chi bo|dang bo|to|nhom|xa|phuong|quan|huyen|thi tran|lien doan|"
                                "so|khoa|bo phan|vien|trung tam|cong ty|cac|dai bieu|"
                                "khach moi|thanh phan|department|dept|unit|section|division|branch|delegation|group|delegation of|ward|delegacao|secao|seccao|"
                                "departamento|unidade|grupo|nucleo|faculdade|convidados|"
                                "وفد|قسم|وحدة|ادارة|مجموعة|الوحدة|القسم|فرع|benh vien|nha may|xi nghiep|uy ban|hoi|chi doan|chi hoi|nghiep doan|directorate|"
                                "office|service|committee|board";
    if (begins(plain, "tong cong ty|tong cuc|tong lien doan|tong hoi|tong kho")) return 'g'; /* units, no sums */
    if (begins(plain, total)) return 'z';
    size_t first = strcspn(plain, " "); /* "Cộng: 25", and no "Công đoàn" */
    if (begins(plain, sums) && (!plain[first] || (plain[first + 1] >= '0' && plain[first + 1] <= '9') || strchr(text, ':'))) return 'z';
    if (strstr(text, "(Ký") || strstr(text, "(ký") || strstr(text, "(KÝ") || strstr(text, "(đã ký") || strstr(text, "(Đã ký")) return 's';
    if (text[0] == '*' && text[1]) return 'n';
    if (begins(plain, note)) return 'n';
    if (begins(plain, sign)) return 's';
    return begins(plain, group) ? 'g' : 0;
}
