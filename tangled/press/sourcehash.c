/* From chapters/app-a-press.nw (edit that, then make tangle) */
/* usage: sourcehash [--files] FLOOR/PROGRAM.c, run inside tangled/ */
/* include the C library, and nothing else */
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* remember which files were seen */
enum { MOST_FILES = 512, LONGEST_PATH = 256 };

struct trace {
    bool list_files;
    bool of_speed;                  /* the program measures speed */
    uint64_t hash;
    size_t count;
    char path[MOST_FILES][LONGEST_PATH];
};

/* give up with a line */
static _Noreturn void give_up(const char *what, const char *why,
                              const char *whom)
{
    fprintf(stderr, "sourcehash: %s: %s %s\n", what, why, whom);
    exit(1);
}

static bool is_fast(const char *path)
{
    return strncmp(path, "performance/", 12) == 0;
}

static bool is_left_out(const struct trace *trace, const char *path)
{
    return !trace->of_speed
        && (is_fast(path) || strncmp(path, "workshop/", 9) == 0);
}

/* read a source */
static char *read_source(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t room = 1 << 16, length = 0, got;
    char *text = malloc(room);
    if (!file)
        give_up(path, "cannot be read", "");
    while (text && (got = fread(text + length, 1, room - length, file))) {
        length += got;
        char *larger = length < room ? text : realloc(text, room *= 2);
        if (!larger)
            give_up(path, "is larger than memory", "");
        text = larger;
    }
    if (!text || ferror(file))
        give_up(path, "cannot be read to its end", "");
    fclose(file);
    text[length] = '\0';
    return text;
}

/* take out the comments */
/* measure a literal */
static size_t literal_length(const char *from)
{
    if (*from != '"' && *from != '\'')
        return 1;
    size_t i = 1;
    while (from[i] && from[i] != *from && from[i] != '\n')
        i += from[i] == '\\' && from[i + 1] ? 2 : 1;
    return from[i] == *from ? i + 1 : i;
}

static void strip_comments(char *text)
{
    char *to = text;
    const char *from = text;
    while (*from) {
        if (from[0] == '/' && from[1] == '*') {
            const char *end = strstr(from + 2, "*/");
            from = end ? end + 2 : from + strlen(from);
            *to++ = ' ';
        } else if (from[0] == '/' && from[1] == '/') {
            from += strcspn(from, "\n");
        } else {
            size_t length = literal_length(from);
            memmove(to, from, length);
            to += length;
            from += length;
        }
    }
    *to = '\0';
}

/* hash what is left */
static uint64_t hash_code(uint64_t hash, const char *text)
{
    const uint64_t prime = 1099511628211u;
    while (*text) {
        size_t length = literal_length(text);
        for (size_t i = 0; i < length; i++, text++)
            if (length > 1 || !isspace((unsigned char)*text))
                hash = (hash ^ (unsigned char)*text) * prime;
    }
    return hash;
}

/* follow the sources from file to file */
/* find the next quoted include */
static const char *next_include(const char *at, char path[LONGEST_PATH])
{
    for (; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        const char *word = at + strspn(at, " ");
        if (*word != '#')
            continue;
        word += 1 + strspn(word + 1, " ");
        if (strncmp(word, "include", 7) != 0)
            continue;
        word += 7 + strspn(word + 7, " ");
        size_t length = strcspn(word + 1, "\"\n");
        if (*word != '"' || length >= LONGEST_PATH)
            continue;
        memcpy(path, word + 1, length);
        path[length] = '\0';
        return word + 1 + length;
    }
    return NULL;
}

/* find the file that is included */
static bool exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    return file && fclose(file) == 0;
}

static void locate(const struct trace *trace, const char *includer,
                   const char *path)
{
    if (!exists(path) && !is_left_out(trace, path))
        give_up(includer, "includes a file that does not exist", path);
}

static bool is_known(const struct trace *trace, const char *path)
{
    for (size_t i = 0; i < trace->count; i++)
        if (strcmp(trace->path[i], path) == 0)
            return true;
    return false;
}

static void remember(struct trace *trace, const char *path)
{
    if (trace->count == MOST_FILES || strlen(path) >= LONGEST_PATH)
        give_up(path, "is one file too many, or its name too long", "");
    strcpy(trace->path[trace->count++], path);
    if (trace->list_files)
        puts(path);
}

static void visit(struct trace *trace, const char *path)
{
    char next[LONGEST_PATH];
    if (is_left_out(trace, path) || is_known(trace, path))
        return;
    remember(trace, path);
    char *text = read_source(path);
    strip_comments(text);
    trace->hash = hash_code(trace->hash, text);
    for (const char *at = text; (at = next_include(at, next)); ) {
        locate(trace, path, next);
        visit(trace, next);
        size_t length = strlen(next);
        if (next[length - 1] == 'h') {
            next[length - 1] = 'c';
            if (exists(next))
                visit(trace, next);
        }
    }
    free(text);
}

static void visit_folder(struct trace *trace, const char *pattern)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        give_up(pattern, "has no files", "");
    for (size_t i = 0; i < found.gl_pathc; i++)
        visit(trace, found.gl_pathv[i]);
    globfree(&found);
}

/* print the hash, or the files, of a program */
int main(int argc, char **argv)
{
    static struct trace trace = {.hash = 14695981039346656037u};
    trace.list_files = argc == 3 && strcmp(argv[1], "--files") == 0;
    if (argc != 2 && !trace.list_files)
        give_up("usage", "sourcehash [--files] FLOOR/PROGRAM.c", "");
    trace.of_speed = is_fast(argv[argc - 1]);
    visit(&trace, argv[argc - 1]);
    if (trace.of_speed)
        visit_folder(&trace, "performance/*.c");
    if (!trace.list_files)
        printf("%016llx\n", (unsigned long long)trace.hash);
    return 0;
}
