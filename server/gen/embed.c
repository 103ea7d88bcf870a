/* Build tool: makes one C file of folders, so that the program needs no files of its own beside it.
 *     embed OUT.c DIR...
 * Every file becomes an entry of web_assets (server/web_assets.h): name below its DIR, bytes, the same gzipped when that is smaller, media
 * type, a hash of the content. web_build is a hash over all of them: it stands in the URLs, so that they may be cached for ever. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define MOST_FILES 512
#define LONGEST_FILE (8u * 1024u * 1024u)

struct file {
    char name[256];
    unsigned char *data;
    size_t length;
    uint64_t hash;
};

static const struct {
    const char *ending, *type;
    bool text;
} types[] = {
    {".html", "text/html; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".json", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".ico", "image/x-icon", false},
    {".png", "image/png", false},
    {".jpg", "image/jpeg", false},
    {".woff2", "font/woff2", false},
    {".wasm", "application/wasm", true},
};

static void die(const char *what, const char *name)
{
    fprintf(stderr, "embed: %s: %s\n", name, what);
    exit(1);
}

/* FNV-1a, 64 bits: names content for caches; nobody attacks their own build. */
static uint64_t hash_add(uint64_t hash, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static void file_load(struct file *file, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) die("cannot be opened", path);
    file->data = malloc(LONGEST_FILE);
    if (file->data == NULL) die("out of memory", path);
    file->length = fread(file->data, 1, LONGEST_FILE, in);
    if (ferror(in) || file->length == LONGEST_FILE) die("cannot be read, or is too long", path);
    fclose(in);
    unsigned char *tight = realloc(file->data, file->length + 1);
    if (tight != NULL) file->data = tight;
    file->hash = hash_add(UINT64_C(14695981039346656037), file->data, file->length);
}

static void folder_walk(const char *root, const char *below, struct file *files, size_t *count)
{
    char folder[2048];
    snprintf(folder, sizeof folder, "%s%s%s", root, below[0] != '\0' ? "/" : "", below);
    DIR *dir = opendir(folder);
    if (dir == NULL) die("cannot be opened", folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        char name[256], path[2400];
        if ((size_t)snprintf(name, sizeof name, "%s%s%s", below, below[0] != '\0' ? "/" : "", entry->d_name) >= sizeof name)
            die("name too long", entry->d_name);
        snprintf(path, sizeof path, "%s/%s", root, name);
        struct stat st;
        if (stat(path, &st) != 0) die("cannot be read", path);
        if (S_ISDIR(st.st_mode)) {
            folder_walk(root, name, files, count);
            continue;
        }
        if (*count == MOST_FILES) die("too many files", root);
        struct file *file = &files[(*count)++];
        snprintf(file->name, sizeof file->name, "%s", name);
        file_load(file, path);
    }
    closedir(dir);
}

static int file_compare(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static unsigned char *gzip(const struct file *file, size_t *ret_length)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) die("zlib", file->name);
    size_t most = deflateBound(&z, (uLong)file->length) + 64;
    unsigned char *out = malloc(most);
    if (out == NULL) die("out of memory", file->name);
    z.next_in = file->data;
    z.avail_in = (uInt)file->length;
    z.next_out = out;
    z.avail_out = (uInt)most;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) die("zlib", file->name);
    *ret_length = (size_t)z.total_out;
    deflateEnd(&z);
    return out;
}

static void write_bytes(FILE *out, const char *prefix, size_t index, const unsigned char *data, size_t length)
{
    fprintf(out, "static const unsigned char %s%zu[] = {", prefix, index);
    for (size_t i = 0; i < length; i++) fprintf(out, "%s%u,", i % 32 == 0 ? "\n" : "", data[i]);
    fprintf(out, "%s};\n", length == 0 ? "0" : "");
}

static const char *type_find(const char *name, bool *ret_text)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t ending = strlen(types[i].ending);
        if (length <= ending || strcmp(name + length - ending, types[i].ending) != 0) continue;
        *ret_text = types[i].text;
        return types[i].type;
    }
    die("an ending that embed.c does not know", name);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: embed OUT.c DIR...\n");
        return 2;
    }
    static struct file files[MOST_FILES];
    static size_t gzip_lengths[MOST_FILES];
    size_t count = 0;
    for (int i = 2; i < argc; i++) folder_walk(argv[i], "", files, &count);
    qsort(files, count, sizeof *files, file_compare);
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) die("cannot be written", argv[1]);
    uint64_t build = UINT64_C(14695981039346656037);
    fprintf(out, "/* Made by server/gen/embed.c. */\n#include \"server/web_assets.h\"\n");
    for (size_t i = 0; i < count; i++) {
        bool text = false;
        type_find(files[i].name, &text);
        build = hash_add(hash_add(build, files[i].name, strlen(files[i].name) + 1), files[i].data, files[i].length);
        write_bytes(out, "data", i, files[i].data, files[i].length);
        if (!text || files[i].length < 200) continue;
        size_t length = 0;
        unsigned char *packed = gzip(&files[i], &length);
        if (length < files[i].length) {
            gzip_lengths[i] = length;
            write_bytes(out, "gzip", i, packed, length);
        }
        free(packed);
    }
    fprintf(out, "const char web_build[] = \"%012llx\";\nconst size_t web_asset_count = %zu;\nconst struct web_asset web_assets[] = {\n",
            (unsigned long long)(build >> 16), count);
    for (size_t i = 0; i < count; i++) {
        bool text = false;
        const char *type = type_find(files[i].name, &text);
        fprintf(out, "    {\"%s\", {\"%s\", \"%016llx\", data%zu, %zu, ", files[i].name, type, (unsigned long long)files[i].hash, i, files[i].length);
        if (gzip_lengths[i] != 0) fprintf(out, "gzip%zu, %zu}},\n", i, gzip_lengths[i]);
        else fprintf(out, "NULL, 0}},\n");
    }
    fprintf(out, "};\n");
    if (fclose(out) != 0) die("cannot be written", argv[1]);
    for (size_t i = 0; i < count; i++) free(files[i].data);
    return 0;
}
