-- From chapters/app-a-press.nw (edit that, then make tangle)
local common = require "common"
local M = {}
-- count within the chapter
function M.counter(chapter)
    local at, heading = {}, { 0, 0, 0, 0, 0, 0 }
    local count = {}
    local before = chapter.number == "" and "" or chapter.number .. "."
    function count.last(kind) return before .. at[kind] end
    function count.next(kind)
        at[kind] = (at[kind] or 0) + 1
        return count.last(kind)
    end
    function count.heading(level)
        if level == 1 then return chapter.number end
        heading[level] = heading[level] + 1
        for below = level + 1, 6 do heading[below] = 0 end
        return before .. table.concat(heading, ".", 2, level)
    end
    return count
end
-- define a label once
function M.define(chapter, id, kind, number, title)
    if id == "" or not id:find(":", 1, true) then return end
    if chapter.labels[id] then
        common.complain("the label " .. id .. " is given twice", "#" .. id)
    end
    chapter.labels[id] = { kind = kind, number = number,
        page = chapter.page,
        title = title and pandoc.utils.stringify(title) or nil }
end
-- read a label that pandoc left as words
local function parse(text)
    local id = text:match("^{#([^%s}]+)")
    return id and { id = id, test = text:match("test=([^%s}]+)") }
end

function M.after(list, from)
    local text = ""
    for at = from, #list do
        text = text .. pandoc.utils.stringify(list[at])
        local label = parse(text:gsub("^%s+", ""), nil)
        if text:find("}", 1, true) then return label, at end
        if #text > 3 and not text:match("^%s*{#") then return nil end
    end
end
function M.expect_none(list, from)
    local item = list[from]
    if item and item.t == "Space" then item = list[from + 1] end
    if item and item.t == "Str" and item.text:match("^{") then
        common.complain("braces after a formula that hold no label",
                        item.text)
    end
end

function M.take(list)
    for at = 1, #list do
        if list[at].t == "Str" and list[at].text:match("^{#") then
            local label = M.after(list, at)
            for _ = at, #list do list:remove() end
            if at > 1 and list[at - 1].t == "Space" then list:remove() end
            return label
        end
    end
end
-- tell references from citations
M.words = { ch = "Chapter", sec = "Section", eq = "equation",
    thm = "Theorem", lem = "Lemma", def = "Definition", fig = "Figure",
    prop = "Proposition", exm = "Example", exa = "Example",
    tab = "Table", tbl = "Table",
    ex = "Exercise", lst = "Listing" }

function M.reference(cite, before, space)
    local parts = pandoc.List()
    for _, citation in ipairs(cite.citations) do
        local word = M.words[citation.id:match("^(%a+):") or ""]
        if word then
            parts:insert(pandoc.Span({}, pandoc.Attr("", { "ref" }, {
                to = citation.id, start = M.begins(before, space) and "1"
                or nil, bare = (citation.mode == "SuppressAuthor" or
                #parts > 0) and "1" or nil })))
        elseif #parts > 0 then
            common.complain("a reference among citations", citation.id)
        end
    end
    -- join the parts of a reference
    if #parts == 0 then return cite end
    if #parts == 1 then return parts[1] end
    local list = pandoc.List { parts[1] }
    for at = 2, #parts do
        list:insert(pandoc.Str(at == #parts and " and " or ", "))
        list:insert(parts[at])
    end
    return pandoc.Span(list)
end
-- refer to a label
function M.begins(before, space)
    if not before and not space then return true end
    return before and before.t == "Str" and
           before.text:match("[.?!]$") ~= nil
end

local spoken = { chapter = "ch", appendix = "ch", section = "sec",
    equation = "eq", theorem = "thm", lemma = "lem", definition = "def",
    figure = "fig", proposition = "prop", example = "exm", table = "tab",
    exercise = "ex", listing = "lst" }
function M.drop_space(out)
    local last = out[#out]
    if last and (last.t == "Space" or last.t == "SoftBreak") then
        out:remove()
    end
end

function M.drop_doubled_word(out, ref)
    local before, space = out[#out - 1], out[#out]
    if before and before.t == "Str" and (space.t == "Space" or
       space.t == "SoftBreak") then
        local prefix = spoken[before.text:lower():gsub("^%p+", ""):gsub(
                              "s$", "")]
        local kind = ref.attributes.to:gsub("^tbl", "tab")
        kind = kind:gsub("^exa", "exm")
        if prefix and kind:match("^" .. prefix .. ":") then
            ref.attributes.bare = "1"
            out[#out] = pandoc.Str("\u{A0}")
        end
    end
end
return M
