-- From chapters/app-a-press.nw (edit that, then make tangle)
local M = {}
-- describe the languages
local function words(text)
    local set = {}
    for word in text:gmatch("%S+") do set[word] = true end
    return set
end

local languages = {
    c = { line = "//", open = "/*", close = "*/", quotes = "\"'",
          directive = true, keywords = words[[auto break case const continue
        default do else enum extern for goto if inline register restrict
        return sizeof static struct switch typedef union volatile while
        _Alignas _Atomic _Bool _Generic _Noreturn _Static_assert bool true
        false NULL]], types = words[[void char short int long float double
        signed unsigned size_t ptrdiff_t ssize_t real int8_t int16_t int32_t
        int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t FILE]] },
    -- describe the languages of the tools
    lua = { line = "--", quotes = "\"'", keywords = words[[and break do else
        elseif end for function if in local nil not or repeat return then true
        false until while]], types = {} },
    awk = { line = "#", quotes = "\"", keywords = words[[BEGIN END function if
        else while for in next print printf return getline delete exit]],
        types = {} },
    sh = { line = "#", quotes = "\"'", keywords = words[[if then else elif fi
        for in do done while case esac set export trap exit]], types = {} },
    gp = { line = "#", quotes = "\"'", keywords = words[[plot splot set unset
        with using title lines points linespoints notitle]], types = {} },
    js = { line = "//", open = "/*", close = "*/", quotes = "\"'`",
        keywords = words[[const let var function return for of if else while
        new require]], types = {} },
    css = { open = "/*", close = "*/", quotes = "\"'", keywords = {},
        types = {} },
    tex = { line = "%", quotes = "", keywords = {}, types = {} },
    mk = { line = "#", quotes = "", keywords = {}, types = {} },
}
-- guess the language from a path
local suffixes = { h = "c", sty = "tex", tikz = "tex", Makefile = "mk",
                   make = "mk",
                   bash = "sh", csl = "html", javascript = "js" }

function M.language(path)
    local suffix = path:match("([%w_]+)$") or ""
    suffix = suffixes[suffix] or suffix
    return languages[suffix] and suffix or nil
end
-- cut code into words
function M.tokens(text, name)
    local lang = languages[name or ""] or { quotes = "", keywords = {},
                                            types = {} }
    local list, at = {}, 1
    while at <= #text do
        local kind, last = nil, nil
        -- try each kind of word here
        local first, rest = text:sub(at, at), text:sub(at, at + 1)
        if text:find("^\u{E000}", at) then
            kind, last = "use", select(2, text:find("\u{E001}", at, true))
        elseif lang.open and rest == lang.open then
            kind, last = "comment", select(2, text:find(lang.close, at + 2, true))
        elseif lang.line and text:find("^" .. lang.line:gsub("%p", "%%%0"), at) and
               (first ~= "#" or at == 1 or
                text:sub(at - 1, at - 1):match("%s")) then
            kind, last = "comment", (text:find("\n", at, true) or #text + 1) - 1
        elseif lang.directive and first == "#" and
               text:sub(1, at - 1):match("[^\n]*$"):match("^ *$") then
            kind, last = "directive", select(2, text:find("^# *%a*", at))
        elseif lang.quotes:find(first, 1, true) then
            kind, last = "string", M.string_end(text, at, first)
        elseif first:match("[%a_]") then
            last = select(2, text:find("^[%w_]+", at))
            local word = text:sub(at, last)
            kind = lang.keywords[word] and "keyword" or
                   lang.types[word] and "type" or "word"
        elseif first:match("%d") then
            kind, last = "number", select(2, text:find("^[%w_.]+", at))
        end
        kind = kind or first:match("%s") and "space" or "sign"
        last = last or kind == "comment" and #text or at
        list[#list + 1] = { kind = kind, text = text:sub(at, last) }
        at = last + 1
    end
    return list
end
-- find where a string ends
function M.string_end(text, at, quote)
    local place = at + 1
    while place <= #text do
        local c = text:sub(place, place)
        if c == quote then return place end
        if c == "\n" then return at end
        place = place + (c == "\\" and 2 or 1)
    end
    return at
end
return M
