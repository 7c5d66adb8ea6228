-- From chapters/app-a-press.nw (edit that, then make tangle)
local common = require "common"
local M = { format = "html" }
local chapter, book
-- escape for HTML
local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
                   ['"'] = "&quot;" }

local function escape(text) return (text:gsub('[&<>"]', entities)) end
M.escape = escape
function M.code_text(text) return "<code>" .. escape(text) .. "</code>" end

local function raw(...)
    return pandoc.RawInline("html", table.concat {...})
end
local function rawblock(...)
    return pandoc.RawBlock("html", table.concat {...})
end
-- show headings and links
function M.begin(own, all) chapter, book = own, all end
function M.place() return {} end

local function href(page, id)
    return (page == chapter.stem and "" or page .. ".html") .. "#" .. id
end

function M.heading(h)
    local number = h.attributes.number or ""
    h.attributes = {}
    if number ~= "" then
        if h.level == 1 then
            number = (number:match("%a") and "Appendix " or "Chapter ")
                     .. number
        end
        h.content:insert(1, raw('<span class="number">', number,
                                "</span> "))
    end
    if h.level > 1 and h.identifier:find(":", 1, true) then
        h.content:insert(raw(' <a class="self" href="#', h.identifier,
                             '" aria-label="link to this section">§</a>'))
    end
    return h
end
function M.subheading(text)
    return pandoc.Header(3, { pandoc.Str(text) })
end

function M.link(page, id, content)
    local list = pandoc.List { raw('<a class="ref" href="',
                                   escape(href(page, id)), '">') }
    list:extend(content)
    list:insert(raw("</a>"))
    return pandoc.Span(list)
end
-- show code
local function chunk_link(number, page, text)
    return '<a href="' .. href(page, "chunk-" .. number) .. '">' .. text ..
           "</a>"
end

local function token(t)
    if t.kind == "use" then
        local number = t.chunk and t.chunk.number or "?"
        return chunk_link(number, t.chunk and t.chunk.page or "",
            '<i class="use">⟨' .. M.chunk_title(t.text) ..
            ' <span class="number">' .. number .. "</span>⟩</i>")
    end
    local text = escape(t.text)
    if t.chunk then
        text = chunk_link(t.chunk.number, t.chunk.page, text)
    end
    if t.kind == "space" or t.kind == "sign" or t.kind == "word" or
       t.kind == "plain" then return text end
    return '<span class="' .. t.kind .. '">' .. text .. "</span>"
end
local function code_lines(lines)
    local out = {}
    for n, line in ipairs(lines) do
        local words = {}
        for at, t in ipairs(line) do words[at] = token(t) end
        out[n] = table.concat(words)
    end
    return table.concat(out, "\n")
end
function M.inline_code(tokens)
    local words = {}
    for at, t in ipairs(tokens) do
        words[at] = token(t):gsub("_%f[%w]", "_<wbr>")
        if words[at]:find("href", 1, true) then words[at] = token(t) end
    end
    return raw("<code>", table.concat(words), "</code>")
end
-- show chunks and listings
function M.chunk_title(name)
    if name:find("/", 1, true) and not name:find(" ", 1, true) then
        return "<code>" .. escape(name) .. "</code>"
    end
    return (escape(name):gsub("%[%[(.-)%]%]", "<code>%1</code>"))
end

local function numbers(list)
    local out = {}
    for at, number in ipairs(list) do
        local page = chapter.stem
        for _, c in ipairs(chapter.chunks) do
            if c.number == number then page = c.page end
        end
        out[at] = chunk_link(number, page, number)
    end
    return table.concat(out, ", ")
end
function M.chunk(c)
    return rawblock('<div class="chunk" id="chunk-', c.number,
        '"><div class="chunk-head"><span>⟨', M.chunk_title(c.name),
        ' <span class="number">', c.number, "</span>⟩ ",
        c.first and "" or "+", '≡</span> <span class="chunk-links">',
        common.chunk_links(c, numbers),
        '</span></div><pre tabindex="0"><code>', code_lines(c.lines),
        "</code></pre></div>")
end
function M.listing(block, lines)
    local head = ""
    if block.attributes.number then
        head = '<div class="chunk-head">Listing ' .. block.attributes.number
               .. ". " .. escape(block.attributes.caption or "") .. "</div>"
    end
    local id = block.identifier ~= "" and ' id="' .. block.identifier .. '"'
    return rawblock('<div class="listing"', id or "", ">", head,
        '<pre tabindex="0"><code>', code_lines(lines),
        "</code></pre></div>")
end

function M.chunk_name(name, chunk)
    return raw(chunk_link(chunk.number, chunk.page, '<i class="use">⟨' ..
        M.chunk_title(name) .. ' <span class="number">' .. chunk.number ..
        "</span>⟩</i>"))
end
-- show theorems, exercises and boxes
local function test_mark(name)
    if not name then return "" end
    return '<span class="test" title="the test of this statement">' ..
           escape(name):gsub("[_/]", "%0<wbr>") .. "</span>"
end
local function headed(div, class, head)
    local list = pandoc.List { pandoc.Para { raw(head) } }
    local first = div.content[1]
    if first and first.t == "Para" then
        first.content:insert(1, raw(head, " "))
        list = pandoc.List()
    end
    list:extend(div.content)
    return pandoc.Div(list, pandoc.Attr(div.identifier, class))
end

local function title_of(div)
    local title = div.attributes.title
    title = title and pandoc.write(pandoc.read(title, "markdown"), "html")
    return title and title:gsub("</?p>", "") or ""
end

function M.theorem(div, word, test)
    local title, number = title_of(div), div.attributes.number
    return headed(div, { "statement", "is-" .. word:lower() },
        test_mark(test) .. '<b class="head">' .. word ..
        (number and " " .. number or "") .. "</b>" ..
        (title ~= "" and " (" .. title .. ")" or "") .. ".")
end
function M.programs(div) return div end

function M.box(div, kind, word)
    local title = title_of(div)
    if word ~= "" and title ~= "" then title = word .. ": " .. title
    elseif word ~= "" then title = word end
    local list = pandoc.List()
    if title ~= "" then
        list:insert(rawblock('<p class="head">', title, "</p>"))
    end
    list:extend(div.content)
    return pandoc.Div(list, pandoc.Attr(div.identifier, { "box",
                                                          "is-" .. kind }))
end
function M.exercise(div, e)
    local links, title = {}, title_of(div)
    for _, kind in ipairs { "hint", "solution" } do
        if e[kind] then
            links[#links + 1] = '<a href="' .. href("app-d-solutions",
                e[kind]) .. '">' .. kind .. "</a>"
        end
    end
    local new = headed(div, { "exercise" }, '<b class="head">Exercise ' ..
        div.attributes.number .. '</b> <span class="level" title="level ' ..
        e.level .. '">' .. string.rep("•", e.level) .. "</span> <i>" ..
        e.kind .. ".</i> " .. (title ~= "" and "<b>" .. title .. ".</b>"
        or ""))
    new.content:insert(rawblock('<p class="links">', table.concat(links,
                                " · "), "</p>"))
    return new
end
function M.answer(div)
    local of = div.attributes.of
    local label = book.labels[of]
    return pandoc.Div({ rawblock('<p class="head">',
        '<a href="', href(label.page, of), '">Exercise ', label.number,
        "</a> ", escape(book.title_of(of)), "</p>"),
        pandoc.Div(div.content) },
        pandoc.Attr(div.attributes.kind .. "-" .. of, { "answer-to" }))
end
-- show equations
local function formula(math, tag)
    local display = math.mathtype == "DisplayMath"
    return raw('<span class="math ', display and "display" or "inline",
        '" data-at="', common.source, ":", tostring(common.line), '">',
        escape(math.text), tag and "\\tag{" .. tag .. "}" or "", "</span>")
end

function M.math(math) return formula(math) end

function M.equation(span)
    return pandoc.Span({ raw(test_mark(span.attributes.test)),
        formula(span.content[1], span.attributes.number) },
        pandoc.Attr(span.identifier, { "numbered" }))
end
-- show figures and tables
function M.figure(image, file)
    local shown = file:gsub("%.pdf$", ".svg")
    local place = shown:gsub("^build/plots/", "pictures/")
                       :gsub("^figures/", "pictures/")
    common.pictures = common.pictures or {}
    common.pictures[#common.pictures + 1] = shown .. " " .. place
    local list = pandoc.List { raw('<img src="', place, '" alt="',
        escape(image.attributes.alt or ""), '"', image.attributes.width and
        ' style="width:' .. image.attributes.width .. '"' or "", ">") }
    if image.attributes.number then
        list:insert(raw('<span class="caption"><b>Figure ',
                        image.attributes.number, ".</b> "))
        list:extend(image.caption)
        list:insert(raw("</span>"))
    end
    return pandoc.Div({ pandoc.Plain(list) },
                      pandoc.Attr(image.identifier, { "figure" }))
end
function M.table(div)
    local number, tbl = div.attributes.number, div.content[1]
    if number and tbl.caption.long[1] then
        tbl.caption.long[1].content:insert(1, raw("<b>Table ", number,
                                                  ".</b> "))
    end
    return pandoc.Div({ tbl }, pandoc.Attr(div.identifier, { "table" }))
end
-- show numbers, claims and index entries
function M.result(content, key)
    local list = pandoc.List { raw('<a class="result" title="', escape(key),
        '" href="', href("ledger", "key-" .. key), '">') }
    list:extend(content)
    list:insert(raw("</a>"))
    return pandoc.Span(list)
end

function M.claim(text, key)
    return raw('<a class="claim" title="checked: ', escape(text),
               '" href="', href("ledger", "key-" .. (key or "")), '">✓</a>')
end

function M.index(span)
    return pandoc.Span(span.content, pandoc.Attr(span.identifier))
end
-- put the page around a chapter
local function outline()
    local out = {}
    for _, h in ipairs(chapter.headings) do
        if h.level == 2 or h.level == 3 then
            out[#out + 1] = '<li class="level' .. h.level ..
                '"><a href="#' .. h.id .. '"><span class="number">' ..
                h.number .. "</span> " .. h.title .. "</a></li>"
        end
    end
    return table.concat(out, "\n")
end

local function neighbour(step, word)
    for at, other in ipairs(book.chapters) do
        local there = other.stem == chapter.stem and
                      book.chapters[at + step]
        if there then
            return '<a rel="' .. word .. '" href="' .. there.stem ..
                '.html">' .. (there.number ~= "" and there.number .. " "
                or "") .. escape(there.title) .. "</a>"
        end
    end
    return ""
end
-- fill the frame
function M.frame(holes)
    local folder = PANDOC_SCRIPT_FILE:gsub("[^/]*$", "")
    local frame = common.read(folder .. "page.html")
    return (frame:gsub("@(%u+)@", function(name)
        return holes[name] or ""
    end))
end

function M.wrap(text)
    if common.pictures then
        common.write(common.dir .. "/" .. common.stem .. ".pictures",
                     table.concat(common.pictures, "\n") .. "\n")
    end
    return M.frame { BODY = text, TITLE = escape(chapter.title),
        OUTLINE = outline(), BEFORE = neighbour(-1, "prev"),
        AFTER = neighbour(1, "next") }
end
return M
