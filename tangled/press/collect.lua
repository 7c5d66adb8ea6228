-- From chapters/app-a-press.nw (edit that, then make tangle)
package.path = PANDOC_SCRIPT_FILE:gsub("[^/]*$", "?.lua;") .. package.path
local common, chunks = require "common", require "chunks"
local labels = require "labels"
local chapter = {
    stem = common.stem, page = common.stem,
    number = common.number_of(common.stem),
    labels = {}, headings = {}, chunks = {}, exercises = {}, index = {},
    names = {}, words = {}, citations = {}, keys = {}, claims = {},
    solved = {}, hinted = {},
}
local count = labels.counter(chapter)
local filter = { traverse = "topdown" }
-- pick up the line numbers
function filter.RawBlock(block)
    local line = block.text:match("^<!%-%-@(%d+)%-%->$")
    if line then common.line = tonumber(line)
    elseif block.text:match("^<!%-%-") then return {} end
end
-- number the headings
function filter.Header(h)
    if h.level == 1 then
        if chapter.title then common.complain("a second title") end
        chapter.title = pandoc.utils.stringify(h.content)
        chapter.label = h.identifier
    end
    local plain = chapter.number == "" or h.classes:includes("unnumbered")
    local number = not plain and count.heading(h.level) or ""
    h.attributes.number, chapter.section = number, number
    labels.define(chapter, h.identifier, h.level == 1 and "chapter" or
                  "section", number, h.content)
    table.insert(chapter.headings, { level = h.level, number = number,
        id = h.identifier, title = pandoc.write(pandoc.Pandoc
            { pandoc.Plain(h.content) }, "html"):gsub("\n$", "") })
    return h
end
-- number the chunks and listings
function filter.CodeBlock(block)
    if block.classes[1] == "chunk" then
        block.attributes.number = chunks.note(chapter, block).number
        return block
    elseif block.identifier ~= "" then
        block.attributes.number = count.next("listing")
        labels.define(chapter, block.identifier, "listing",
                      block.attributes.number)
        return block
    end
end
-- number the boxes
local function number_exercise(div)
    local number = div.identifier:match("^ex:([%dA-Z]+%.%d+)$")
    count.next("exercise")
    number = number or count.last("exercise")
    if number:match("^[^.]*") ~= chapter.number then
        common.complain("exercise " .. number .. " of chapter " ..
                        chapter.number, div.identifier)
    end
    div.attributes.number = number
    labels.define(chapter, div.identifier, "exercise", number)
    table.insert(chapter.exercises, { id = div.identifier, number = number,
        title = div.attributes.title or "" })
end
local function set_aside(div, kind)
    local list = kind == "hint" and chapter.hinted or chapter.solved
    list[div.attributes.of or ""] = true
    div.attributes.file, div.attributes.line = common.source, common.line
    chapter.page = "app-d-solutions"
    div.content = pandoc.Pandoc(div.content):walk(filter).blocks
    chapter.page = chapter.stem
    return div
end
local known = { theorem = 1, lemma = 1, definition = 1, proposition = 1,
    example = 1, proof = 1, aside = 1, pitfall = 1, note = 1, exercise = 1,
    solution = 1, hint = 1, results = 1, solutions = 1, hints = 1,
    notation = 1, picture = 1, tabular = 1, programs = 1 }

local function check_kind(kind)
    if not known[kind or ""] then
        common.complain("no division is called " .. (kind or "nothing"),
                        "." .. (kind or ":: {"))
    end
end
local counted = { theorem = true, lemma = true, definition = true,
                  proposition = true, example = true }

function filter.Div(div)
    local kind = div.classes[1]
    check_kind(kind)
    if counted[kind] then
        div.attributes.number = count.next("theorem")
        labels.define(chapter, div.identifier, kind, div.attributes.number)
    elseif kind == "exercise" then
        number_exercise(div)
    elseif kind == "solution" or kind == "hint" then
        return set_aside(div, kind), false
    elseif kind == "results" and div.identifier ~= "" then
        div.attributes.number = count.next("table")
        labels.define(chapter, div.identifier, "table",
                      div.attributes.number)
    end
    return div
end
-- number the figures and tables
function filter.Para(para)
    local image = para.content[1]
    if #para.content ~= 1 or image.t ~= "Image" then return nil end
    if image.identifier ~= "" then
        image.attributes.number = count.next("figure")
        labels.define(chapter, image.identifier, "figure",
                      image.attributes.number, image.caption)
    end
    if (image.attributes.alt or "") == "" then
        common.complain("a figure without alt text", image.src)
    end
    return pandoc.Div({ pandoc.Plain { image } },
                      pandoc.Attr("", { "picture" }))
end

function filter.Table(tbl)
    local last = tbl.caption.long[1]
    local label = last and labels.take(last.content)
    if not label then return nil end
    tbl.caption.long[1] = last
    local number = count.next("table")
    labels.define(chapter, label.id, "table", number)
    return pandoc.Div({ tbl }, pandoc.Attr(label.id, { "tabular" },
                                           { number = number }))
end
-- number the equations, and read their labels
function filter.Inlines(list)
    local out, at = pandoc.List(), 1
    while at <= #list do
        local item = list[at]
        if item.t == "Math" and item.mathtype == "DisplayMath" then
            local label, last = labels.after(list, at + 1)
            if label then
                local number = count.next("equation")
                labels.define(chapter, label.id, "equation", number)
                item = pandoc.Span({ item }, pandoc.Attr(label.id,
                    { "equation" }, { number = number, test = label.test }))
                at = last
            else labels.expect_none(list, at + 1) end
        elseif item.t == "Cite" then
            item = labels.reference(item, out[#out - 1], out[#out])
        elseif item.t == "Code" and item.classes[1] == "claim" then
            labels.drop_space(out)
        end
        if item.t == "Span" and item.classes[1] == "ref" then
            labels.drop_doubled_word(out, item)
        end
        out:insert(item)
        at = at + 1
    end
    return out
end
-- note the small things
function filter.Span(span)
    if span.classes[1] ~= "index" then return nil end
    local n = #chapter.index + 1
    span.identifier = "ix-" .. chapter.stem .. "-" .. n
    chapter.index[n] = { id = span.identifier, page = chapter.page,
        section = chapter.section, term = span.attributes.term or
            pandoc.utils.stringify(span.content) }
    return span
end

function filter.Code(code)
    local list = ({ result = chapter.keys, claim = chapter.claims,
                    name = chapter.names })[code.classes[1]]
    if list then list[#list + 1] = code.text end
end

local bibliography = common.read("bib/references.bib") or ""

function filter.Cite(cite)
    for _, citation in ipairs(cite.citations) do
        if not bibliography:find("{" .. citation.id .. ",", 1, true) then
            common.complain("no such reference: " .. citation.id,
                            "@" .. citation.id)
        end
        chapter.citations[citation.id] = true
    end
end
-- leave the tables for the second pass
-- move answers into their solutions
local function answer_of(block)
    local name = block.t == "CodeBlock" and block.attributes.name or ""
    local exercise, file = name:match("^solutions/(%d+%.%d+)/(.+)$")
    local shown = file == "exercise.h" or file == "stub.c"
    return exercise and "ex:" .. exercise, shown
end

local function ends_answer(block)
    return block.t == "Header" or block.t == "Div" and
        (block.classes[1] == "exercise" or block.classes[1] == "note")
end
-- part what is kept from what moves
local function part_answers(blocks)
    local kept, moved, waiting = pandoc.List(), {}, pandoc.List()
    local home, at = kept, nil
    for _, block in ipairs(blocks) do
        local exercise, shown = answer_of(block)
        if exercise then
            moved[exercise] = moved[exercise] or pandoc.List()
            at, home = exercise, shown and kept or moved[exercise]
        elseif at and ends_answer(block) then
            home:extend(waiting)
            at, home, waiting = nil, kept, pandoc.List()
        end
        waiting:insert(block)
        if block.t == "CodeBlock" or not at then
            home:extend(waiting)
            waiting = pandoc.List()
        end
    end
    home:extend(waiting)
    return kept, moved
end
local function move_answers(doc)
    local kept, moved = part_answers(doc.blocks)
    doc.blocks = kept:map(function(block)
        local more = block.t == "Div" and block.classes[1] == "solution"
                     and moved[block.attributes.of]
        if more then
            more = pandoc.Pandoc(more):walk { CodeBlock = function(code)
                code.attributes.chapter = chapter.stem
                return code
            end }.blocks
            block.content = pandoc.List(block.content) .. more
        end
        return block
    end)
    return doc
end
-- gather what is set smaller
local function gather_programs(doc)
    local out, parts, level = pandoc.List(), {}, nil
    for _, block in ipairs(doc.blocks) do
        if block.t == "Header" then
            if level and block.level <= level then level = nil end
            if not level and block.classes:includes("programs") then
                level = block.level
                parts[#out + 1] = pandoc.List()
                out:insert(block)
            end
        end
        if level then parts[#out]:insert(block) else out:insert(block) end
    end
    for at, part in pairs(parts) do
        out[at] = pandoc.Div(part, pandoc.Attr("", { "programs" }))
    end
    doc.blocks = out
    return doc
end
local function collect(doc)
    doc = gather_programs(move_answers(doc)):walk(filter)
    if not chapter.title then common.complain("a chapter needs a title") end
    chunks.spread_languages(chapter.chunks)
    for _, chunk in ipairs(chapter.chunks) do
        chunk.defines = chunks.definitions(chunk)
        for word in chunk.text:gmatch("[%a_][%w_]*") do
            chapter.words[word] = true
        end
        chunk.text = nil
    end
    doc.meta.nocite = pandoc.MetaInlines { pandoc.Cite({},
        { pandoc.Citation("*", "NormalCitation") }) }
    common.write(common.dir .. "/" .. common.stem .. ".tables",
                 "return " .. common.serialise(chapter))
    common.stop_if_failed()
    return doc
end
return { { Pandoc = collect } }
