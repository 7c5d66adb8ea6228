-- From chapters/app-a-press.nw (edit that, then make tangle)
package.path = PANDOC_SCRIPT_FILE:gsub("[^/]*$", "?.lua;") .. package.path
local common, lexer = require "common", require "lexer"
local chunks, ledger = require "chunks", require "ledger"
local labels = require "labels"
local book = require "book"
local own = book.own or error("no tables for " .. common.stem, 0)
local home = chunks.index(book.chapters, own)
local index = home
local edition, filter = nil, { traverse = "topdown" }

local function inlines(text)
    return pandoc.read(text, "markdown").blocks[1].content
end
local weave_answers, weave_picture, weave_results, weave_notation
local table_of, result_of
-- keep the place
function filter.RawBlock(block)
    local line = block.format == "html" and
                 block.text:match("^<!%-%-@(%d+)%-%->$")
    if not line then return nil end
    common.line = tonumber(line)
    return edition.place(common.source, line)
end

function filter.Blocks(list)
    return edition.blocks and edition.blocks(list)
end

function filter.Header(h)
    return edition.heading(h, own)
end
-- weave chunks
local function link_of(token, language)
    local found = token.kind == "word" and index.defined[token.text]
    return found and found.chunk.language == language and found.chunk
end

local function lines_of(text, language)
    local lines = { {} }
    for _, token in ipairs(lexer.tokens(text, language)) do
        for part, newline in token.text:gmatch("([^\n]*)(\n?)") do
            if part ~= "" then
                table.insert(lines[#lines], { kind = token.kind,
                    text = part, chunk = link_of(token, language) })
            end
            if newline ~= "" then lines[#lines + 1] = {} end
        end
    end
    -- give each use of a chunk its number
    for _, line in ipairs(lines) do
        for _, token in ipairs(line) do
            if token.kind == "use" then
                token.text = token.text:match("\u{E000}(.*)\u{E001}")
                local parts = index.named[token.text]
                if parts then token.chunk = parts[1]
                else common.complain("no chunk is called " .. token.text,
                                     token.text) end
            end
        end
    end
    return lines
end
-- look chunks up in the chapter they come from
local indexes = {}
local function index_for(stem)
    if not stem or stem == own.stem then return home end
    for _, chapter in ipairs(book.chapters) do
        if chapter.stem == stem and not indexes[stem] then
            indexes[stem] = chunks.index(book.chapters, chapter)
        end
    end
    return indexes[stem]
end
function filter.CodeBlock(block)
    index = index_for(block.attributes.chapter)
    if block.classes[1] ~= "chunk" then
        local language = lexer.language("." .. (block.classes[1] or ""))
        return edition.listing(block, lines_of(block.text, language))
    end
    local name, number = block.attributes.name, block.attributes.number
    common.line = tonumber(block.attributes.line)
    local parts = index.named[name]
    return edition.chunk { name = name, number = number, parts = parts,
        first = parts[1].number == number, used = index.used[name] or {},
        lines = lines_of(block.text, parts[1].language) }
end
function common.chunk_links(chunk, links)
    local words = {}
    if not chunk.first then
        words[1] = "begun in " .. links { chunk.parts[1].number }
    elseif #chunk.used > 0 then
        words[1] = "used in " .. links(chunk.used)
    end
    for at, part in ipairs(chunk.parts) do
        local following = chunk.parts[at + 1]
        if part.number == chunk.number and following then
            words[#words + 1] = "continued in " ..
                                links { following.number }
        end
    end
    return table.concat(words, ", ")
end
-- weave boxes, exercises and theorems
local boxes = { aside = "", pitfall = "Pitfall", note = "Design note" }
local theorems = { theorem = "Theorem", lemma = "Lemma", proof = "Proof",
    definition = "Definition", proposition = "Proposition",
    example = "Example" }

local function weave_exercise(div)
    local id = div.identifier
    return edition.exercise(div, {
        level = tonumber(div.attributes.level) or 1,
        kind = div.attributes.kind or "derive",
        hint = own.hinted[id] and "hint-" .. id,
        solution = own.solved[id] and "solution-" .. id })
end

local function check_test(name)
    if name and not book.tests[name] then
        common.complain("no test is called " .. name, name)
    end
    return name
end
-- choose the weaver of a division
function filter.Div(div)
    local kind = div.classes[1]
    if kind == "solution" or kind == "hint" then
        if not book.labels[div.attributes.of or ""] then
            common.complain("a " .. kind .. " of no exercise",
                            div.attributes.of)
        end
        return {}
    elseif kind == "exercise" then return weave_exercise(div)
    elseif theorems[kind] then
        return edition.theorem(div, theorems[kind],
                               check_test(div.attributes.test))
    elseif boxes[kind] then return edition.box(div, kind, boxes[kind])
    elseif kind == "answer" then return edition.answer(div)
    elseif kind == "picture" then return weave_picture(div)
    elseif kind == "tabular" then return edition.table(div)
    elseif kind == "results" then return weave_results(div)
    elseif kind == "programs" then return edition.programs(div)
    elseif kind == "solutions" or kind == "hints" then
        return weave_answers(kind:sub(1, -2))
    elseif kind == "notation" then return weave_notation()
    end
end
local function by_number(a, b)
    local x = book.labels[a.attributes.of].number
    local y = book.labels[b.attributes.of].number
    return tonumber(x:match("%d+$")) < tonumber(y:match("%d+$"))
end
function weave_answers(kind)
    local out = pandoc.List()
    for _, chapter in ipairs(book.chapters) do
        local text = common.read(common.dir .. "/" .. chapter.stem ..
                                 ".json")
        local doc = text and next(kind == "hint" and chapter.hinted or
            chapter.solved) and pandoc.read(text, "json")
        local found = pandoc.List()
        local function keep(div)
            if div.classes[1] == kind then
                div.classes = { "answer" }
                div.attributes.kind = kind
                found:insert(div)
            end
        end
        if doc then doc:walk { Div = keep } end
        table.sort(found, by_number)
        if #found > 0 then
            out:insert(edition.subheading(
                (chapter.number:match("%a") and "Appendix " or "Chapter ")
                .. chapter.number))
            out:extend(found)
        end
    end
    return pandoc.Div(out)
end
function weave_notation()
    local rows = {}
    local macros = common.read("chapters/notation.tex") or ""
    for line in macros:gmatch("[^\n]+") do
        local name, rest = line:match("^\\newcommand{(\\%a+)}(.*)$")
        local text = rest and rest:match("%s%%%s*(.*)$")
        if text then
            local shown, words = text:match("^(%$.-%$):%s*(.*)$")
            local dots = string.rep("{\\cdot}", tonumber(
                rest:match("^%[(%d)%]") or 0))
            shown = shown or "$" .. name .. dots .. "$"
            rows[#rows + 1] = { pandoc.Plain(inlines(shown)),
                                pandoc.Plain(inlines(words or text)) }
        end
    end
    local head = { pandoc.Plain(inlines("symbol")),
                   pandoc.Plain(inlines("stands for")) }
    return table_of({}, head, rows, { attributes = {}, identifier = "",
        widths = { 0.22, 0.72 }, left = true })
end
-- weave equations, figures and tables
local function picture_file(path)
    local drawn = path:gsub("^figures/", "build/plots/")
    for _, file in ipairs { drawn .. ".pdf", path .. ".png", path } do
        if common.read(file) then return file end
    end
end

function weave_picture(div)
    local image = div.content[1].content[1]
    local file = picture_file(image.src)
    if not file then
        common.complain("no picture " .. image.src ..
                        ": neither drawn nor committed", image.src)
        return {}
    end
    return edition.figure(image, file)
end
local function matching(pattern)
    local names, found = {}, {}
    local lua = pattern:gsub("[%-.+?()%[%]^$%%]", "%%%0"):gsub("%*", ".*")
    lua = lua:gsub("{(%a+)}", function(name)
        names[#names + 1] = name
        return "(.-)"
    end)
    for _, key in ipairs(ledger.order) do
        local parts = { key:match("^" .. lua .. "$") }
        if #parts > 0 then
            local entry = { entry = ledger.entries[key], key = key }
            for at, name in ipairs(names) do entry[name] = parts[at] end
            found[#found + 1] = entry
        end
    end
    if #found == 0 then
        common.complain("no ledger has a key like " .. pattern, pattern)
    end
    return found
end
-- lay out a table of results
local function names_and_caption(div)
    local names, order, caption = {}, {}, {}
    for _, block in ipairs(div.content) do
        if block.t == "BulletList" then
            for _, item in ipairs(block.content) do
                local text = pandoc.utils.stringify(item)
                local key, rest = text:match("^(%S+):%s*(.*)$")
                if key then
                    names[key] = inlines(rest)
                    order[#order + 1] = key
                end
            end
        elseif block.t == "Para" then caption = block.content end
    end
    return names, order, caption
end
local function ordered(found, field, order)
    local list, seen, present = {}, {}, {}
    for _, item in ipairs(found) do present[item[field]] = true end
    for _, name in ipairs(order) do
        if present[name] then list[#list + 1], seen[name] = name, true end
    end
    for _, item in ipairs(found) do
        local name = item[field]
        if not seen[name] then list[#list + 1], seen[name] = name, true end
    end
    return list
end
-- fill the cells of a table of results
local function cell(item, div)
    if not item then return pandoc.Plain { pandoc.Str "–" } end
    local entry = item.entry
    local list = pandoc.List(result_of(item.key,
        div.attributes["format-" .. (item.column or "")] or
        div.attributes.format))
    if entry.spread and div.attributes.spread ~= "no" then
        list:extend { pandoc.Str "\u{A0}±\u{A0}", ledger.print(entry.spread,
            div.attributes["spread-format"] or "%.2g") }
    end
    return pandoc.Plain(list)
end

local function text_of(name, names)
    return pandoc.Plain(names[name] or { pandoc.Str(name or "") })
end
local function grid_of(found, names, order, div)
    local columns = ordered(found, "column", order)
    local head, rows = { pandoc.Plain(names.row or {}) }, {}
    for _, c in ipairs(columns) do head[#head + 1] = text_of(c, names) end
    for _, r in ipairs(ordered(found, "row", order)) do
        local row = { text_of(r, names) }
        for _, c in ipairs(columns) do
            local here
            for _, item in ipairs(found) do
                if item.row == r and item.column == c then here = item end
            end
            row[#row + 1] = cell(here, div)
        end
        rows[#rows + 1] = row
    end
    return head, rows
end
-- make a table of results
function weave_results(div)
    local names, order, caption = names_and_caption(div)
    local found = pandoc.List()
    for pattern in (div.attributes.keys or ""):gmatch("%S+") do
        found:extend(matching(pattern))
    end
    local head, rows
    if found[1] and found[1].column then
        head, rows = grid_of(found, names, order, div)
    else
        head = { text_of("key", names), text_of("value", names),
                 text_of("unit", names) }
        rows = {}
        for _, item in ipairs(found) do
            rows[#rows + 1] = { text_of(item.key, names), cell(item, div),
                pandoc.Plain { pandoc.Str(item.entry.unit or "") } }
        end
    end
    return edition.table(table_of(caption, head, rows, div))
end
function table_of(caption, head, rows, div)
    local aligns, widths, heads, body = {}, {}, {}, {}
    for at = 1, #head do
        aligns[at] = (at == 1 or div.left) and "AlignLeft" or "AlignRight"
        widths[at] = div.widths and div.widths[at] or 0
        heads[at] = { head[at] }
    end
    for at, row in ipairs(rows) do
        body[at] = {}
        for c, block in ipairs(row) do body[at][c] = { block } end
    end
    local simple = pandoc.SimpleTable(caption, aligns, widths, heads, body)
    local tbl = pandoc.utils.from_simple_table(simple)
    return pandoc.Div({ tbl },
        pandoc.Attr(div.identifier, { "tabular" },
                    { number = div.attributes.number }))
end
-- weave references and names
local kinds = { theorem = "Theorem", lemma = "Lemma", table = "Table",
    definition = "Definition", proposition = "Proposition",
    example = "Example", section = "Section", equation = "equation",
    figure = "Figure", exercise = "Exercise", listing = "Listing" }

local function weave_reference(span)
    local id = span.attributes.to
    local label = book.labels[id]
    if not label then
        common.complain("no such label: " .. id, "@" .. id)
        return pandoc.Str "?"
    end
    local word = kinds[label.kind] or
        (label.number:match("%a") and "Appendix" or "Chapter")
    local number = label.kind == "equation" and "(" .. label.number .. ")"
                   or label.number
    if number == "" then word, number = label.title, "" end
    if span.attributes.start then word = word:gsub("^%l", string.upper) end
    local text = span.attributes.bare and number ~= "" and number or
                 word .. (number ~= "" and "\u{A0}" or "") .. number
    return edition.link(label.page, id, { pandoc.Str(text) })
end
-- weave a name in double brackets
local function weave_name(code)
    local name = code.text:match("^chunk:(.*)$")
    if name then
        local parts = index.named[name]
        if parts then return edition.chunk_name(name, parts[1]) end
        common.complain("no chunk is called " .. name, name)
        return code
    end
    local word = code.text:match("[%a_][%w_]*")
    if not word or not index.words[word] then
        common.complain("no chunk contains the name " .. code.text,
                        "[" .. "[" .. code.text .. "]" .. "]")
    end
    local tokens = lines_of(code.text, "c")[1]
    return edition.inline_code(tokens)
end
-- weave numbers and claims
function result_of(key, format, scale)
    local entry = ledger.entries[key]
    if not entry then
        common.complain("no ledger has the key " .. key, key)
        return { pandoc.Str "?" }
    end
    if not ledger.is_written(entry) then
        common.complain("no program of the book writes " .. key ..
            ", which " .. entry.file .. " says " ..
            (entry.program or "nothing") .. " wrote", key)
    end
    local text, trouble = ledger.print(entry.value * (scale or 1), format)
    if not text then common.complain(trouble, key) end
    return { text or pandoc.Str "?" }
end

local function weave_claim(code)
    local holds, values, keys = ledger.judge(code.text)
    if holds == nil then common.complain(values, code.text)
    elseif not holds then
        common.complain("false: " .. code.text .. " (" .. values .. ")",
                        code.text)
    end
    for _, key in ipairs(keys) do result_of(key) end
    return edition.claim(code.text, keys[1])
end
function filter.Code(code)
    local kind = code.classes[1]
    if kind == "result" then
        return edition.result(result_of(code.text, code.attributes.format,
            tonumber(code.attributes.scale)), code.text)
    elseif kind == "claim" then return weave_claim(code)
    elseif kind == "name" then return weave_name(code)
    end
    return edition.inline_code { { kind = "plain", text = code.text } }
end

function filter.Math(math)
    return edition.math(math)
end
-- weave index entries and citations
function filter.Span(span)
    local kind = span.classes[1]
    if kind == "ref" then return weave_reference(span) end
    if kind == "index" then return edition.index(span) end
    if kind == "equation" then
        check_test(span.attributes.test)
        return edition.equation(span)
    end
end

function filter.Link(link)
    local key = link.target:match("^#(ref%-.*)$")
    if key then return edition.link("bibliography", key, link.content) end
end
-- write both editions
local function write(name, doc)
    edition = require(name)
    edition.begin(own, book)
    local text = pandoc.write(doc:walk(filter), edition.format)
    return edition.wrap(text)
end

local function weave(doc)
    local tex = write("latex", doc)
    local html = write("page", doc)
    common.stop_if_failed()
    common.write(common.dir .. "/" .. common.stem .. ".tex", tex)
    common.write(common.dir .. "/" .. common.stem .. ".html", html)
    return pandoc.Pandoc {}
end

return { { Pandoc = weave } }
