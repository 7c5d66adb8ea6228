#include "workshop/options.h"

#include <math.h>
#include "workshop/scratch.h"

static double rate;
static size_t decoder, latents;
static bool loud;
static const char *const decoders[] = {"bernoulli", "gaussian", NULL};
static const struct option rows[] = {
    {"rate", OPTION_REAL, &rate, NULL, "of learning", 0, 1, NULL},
    {"latents", OPTION_SIZE, &latents, NULL, "of a code", 1, INFINITY, NULL},
    {"decoder", OPTION_CHOICE, &decoder, NULL, "of a pixel", 0, 0, decoders},
    {"loud", OPTION_FLAG, &loud, NULL, "says more", 0, 0, NULL},
};
static const struct program program = {"test", "Tests.", rows, 4};

/* the words of a line, parsed; run begins with the program's defaults */
static bool parse(const char *line, struct run_options *run,
                  struct error *err) {
    static char text[500];
    char *words[40] = {(char[]){"test"}}, *rest;
    int count = 1;
    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok_r(text, " ", &rest); w != NULL;
         w = strtok_r(NULL, " ", &rest))
        words[count++] = w;
    *run = (struct run_options){.seed = 7, .epochs = 3};
    rate = 1e-3;
    latents = 20;
    decoder = 0;
    loud = false;
    return options_parse(&program, run, count, words, err);
}

/* Catches a value that goes to the wrong target, or one spelling that is
   not understood. */
Test(options, both_spellings_reach_their_targets) {
    struct run_options run;
    struct error err;
    cr_assert(parse("--seed 18446744073709551615 --rate=0.5 --decoder "
                    "gaussian --loud --threads=3 --data mnist --latents 50 "
                    "--save a=b --epochs 50 --out o --load l --resume=--r",
                    &run, &err), "%s", err.text);
    cr_assert(run.seed == UINT64_MAX && rate == 0.5 && decoder == 1 && loud
              && run.threads == 3 && latents == 50 && run.epochs == 50);
    cr_assert_str_eq(run.data, "mnist");
    cr_assert_str_eq(run.save, "a=b");
    cr_assert_str_eq(run.resume, "--r");
    cr_assert(!run.help);
}

Test(options, what_is_not_given_keeps_its_default) {
    struct run_options run;
    struct error err;
    cr_assert(parse("", &run, &err));
    cr_assert(run.seed == 7 && run.epochs == 3 && rate == 1e-3 && !loud);
    cr_assert(run.threads >= 1 && run.threads <= 64);
    cr_assert_str_eq(run.data, "digits");
    cr_assert(run.save == NULL && run.resume == NULL && !run.help);
    cr_assert(parse("-h", &run, &err) && run.help);
}

/* Catches each mistake that strtoull and strtod let pass. */
Test(options, an_absurd_value_is_refused_in_one_line) {
    static const char *const lines[][2] = {
        {"--threads 0", "--threads 0: must be a whole number from 1 to 64"},
        {"--threads 65", "from 1 to 64"},
        {"--threads 2x", "must be a whole number"},
        {"--threads= 2", "--threads: must"},
        {"--epochs -1", "--epochs -1: must be a whole number"},
        {"--epochs +1", "must be"}, {"--epochs 1.5", "must be"},
        {"--epochs 99999999999999999999999", "must be"},
        {"--seed 18446744073709551616", "below 2^64"},
        {"--latents 0", "at least 1"}, {"--latents 0x10", "must be"},
        {"--rate nan", "must be a number from 0 to 1"},
        {"--rate inf", "must be"}, {"--rate 1e999", "must be"},
        {"--rate 1.5", "must be"}, {"--rate -0.1", "must be"},
        {"--rate 0.1.", "must be"}, {"--rate=", "must be"},
        {"--decoder poisson", "must be one of bernoulli, gaussian"},
        {"--decoder=", "must be one of"}, {"--data=", "must not be empty"},
        {"--loud=1", "--loud: takes no value"},
        {"--save --epochs 3", "--save: needs a value"},
        {"--seed", "--seed: needs a value"},
        {"mnist", "mnist: no option; options begin with --"},
        {"--", "no option"}, {"-x", "no option"},
        {"--epoch 3", "--epoch: unknown option; did you mean --epochs?"},
        {"--sede=3", "did you mean --seed?"},
        {"--zzzzzz 3", "--zzzzzz: unknown option, see --help"},
        {"--=3", "unknown option"},
    };
    struct run_options run;
    struct error err;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        bool good = parse(lines[i][0], &run, &err);
        if (i == 3) continue;       /* its words are split by the blank */
        cr_assert(!good, "%s was accepted", lines[i][0]);
        assert_one_line(&err);
        assert_says(err, lines[i][1]);
    }
}

/* Catches a name that overruns a buffer on its way into the message. */
Test(options, a_word_of_any_length_is_answered_shortly) {
    char *word = checked_alloc(100001, 1);
    memset(word, '-', 100000);
    char *words[] = {(char[]){"test"}, word};
    struct run_options run = {.epochs = 1};
    struct error err;
    cr_assert(!options_parse(&program, &run, 2, words, &err));
    assert_one_line(&err);
    memset(word, 'x', 100000);
    cr_assert(!options_parse(&program, &run, 2, words, &err));
    cr_assert(strlen(err.text) < 100);
    free(word);
}

static char *help_page(struct run_options *run) {
    char *text;
    size_t count;
    FILE *out = open_memstream(&text, &count);
    options_help(&program, run, out);
    fclose(out);
    return text;
}

/* Catches columns that do not line up, a row or a default left out, and a
   page too wide for a terminal. */
Test(options, the_help_page_is_aligned_and_complete) {
    struct run_options run = {.seed = 7, .epochs = 3};
    rate = 0.001;
    char *text = help_page(&run);
    static const char *const wanted[] = {
        "usage: test ", "--rate X", "[0.001]", "bernoulli|gaussian",
        "[bernoulli]", "--seed N", "[7]", "--epochs N", "[3]", "--threads",
        "--data", "[digits]", "--out", "--save", "--load", "--resume",
        "--help"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        cr_assert(strstr(text, wanted[i]) != NULL, "no %s", wanted[i]);
    char *rest;
    long column = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        cr_assert(strlen(line) < 88, "%s", line);
        if (strncmp(line, "  --", 4) != 0) continue;
        char *help = strstr(line + 2, "  ");
        cr_assert(help != NULL);
        help += strspn(help, " ");
        if (column == 0) column = help - line;
        cr_assert_eq(column, help - line, "%s", line);
    }
    free(text);
}

Test(options, a_program_without_epochs_has_no_such_option) {
    struct run_options run = {.seed = 7};
    char *text = help_page(&run);
    cr_assert(strstr(text, "--epochs") == NULL);
    free(text);
    char *words[] = {(char[]){"test"}, (char[]){"--epochs"}, (char[]){"3"}};
    struct error err;
    cr_assert(!options_parse(&program, &run, 3, words, &err));
}
