-- From chapters/app-a-press.nw (edit that, then make tangle)
local common, labels = require "common", require "labels"
local M = { format = "latex" }
local chapter, book
-- escape for LaTeX
local function escape(text)
    return (text:gsub("[\\{}$&#^_~%%`']", function(c)
        return string.format("\\char%d\\relax{}", c:byte())
    end))
end

local function code(text)
    return (escape(text):gsub(" ", "\\ws{}"))
end

M.escape = escape
function M.code_text(text)
    return "\\inlinecode{" .. code(text):gsub("\\char95\\relax{}",
                                              "%0\\codebreak{}") .. "}"
end

-- make raw pieces of LaTeX
local function raw(...)
    return pandoc.RawInline("latex", table.concat {...})
end
local function rawblock(...)
    return pandoc.RawBlock("latex", table.concat {...})
end

local function wrap(before, content, after)
    local list = pandoc.List { raw(before) }
    list:extend(content)
    list:insert(raw(after))
    return list
end
-- print headings and links
function M.begin(own, all) chapter, book = own, all end
function M.wrap(text)
    text = text:gsub("p{%(\\columnwidth[^\n]-real{[%d.]+}}",
                     "%0<{\\rowfoot}")
    return "\\at{" .. common.source .. ":1}%\n" .. text .. "\n"
end
function M.place(file, line)
    return rawblock("\\at{", file, ":", line, "}")
end

local levels = { "chapter", "section", "subsection", "subsubsection" }

function M.heading(h)
    local plain = escape(pandoc.utils.stringify(h.content))
    local number = h.attributes.number or ""
    local command = levels[h.level] or "paragraph"
    local set = number ~= "" and h.level < 4 and
        "\\renewcommand\\the" .. command .. "{" .. number .. "}" or ""
    return pandoc.Plain(wrap(
        set .. "\\" .. command .. (number == "" and "*{" or
        "{") .. "\\texorpdfstring{", h.content,
        "}{" .. plain .. "}}" .. (number == "" and "\\unnumbered{" ..
        command .. "}{" .. plain .. "}" or "") .. "\\target{" ..
        h.identifier .. "}"))
end
function M.subheading(text)
    return rawblock("\\subheading{", escape(text), "}")
end

function M.link(page, id, content)
    return pandoc.Span(wrap("\\hyperlink{" .. id .. "}{", content, "}"))
end
-- print code
local function token(t)
    if t.kind == "fold" then
        return "}\\nobreak\n\\codeline{" .. ("\\ws{}"):rep(4) ..
               "\\codefold{}\\ws{}"
    end
    if t.kind == "use" then
        return "\\chunkuse{" .. M.chunk_title(t.text) .. "}{" ..
               (t.chunk and t.chunk.number or "?") .. "}"
    end
    local text = code(t.text)
    if t.kind ~= "space" and t.kind ~= "sign" and t.kind ~= "word" and
       t.kind ~= "plain" then
        text = "\\code" .. t.kind .. "{" .. text .. "}"
    end
    if t.chunk then
        text = "\\hyperlink{chunk-" .. t.chunk.number .. "}{" .. text .. "}"
    end
    return text
end
local function fold(line)
    local out, column = {}, 0
    for _, t in ipairs(line) do
        local text = t.text
        while t.kind ~= "use" and column + (utf8.len(text) or 0) > 79 do
            local head = text:sub(1, 79 - column)
            local cut = #(head:match("^.*%s") or #text > 73 and head or "")
            out[#out + 1] = { kind = t.kind, text = text:sub(1, cut) }
            out[#out + 1] = { kind = "fold", text = "" }
            text, column = text:sub(cut + 1), 6
        end
        column = column + (utf8.len(text) or 0)
        out[#out + 1] = { kind = t.kind, text = text, chunk = t.chunk }
    end
    return out
end
local function code_lines(lines)
    local kept, out = {}, {}
    for n, line in ipairs(lines) do
        local before = kept[#kept]
        if #line > 0 or before and #before > 0 then
            kept[#kept + 1] = line
        end
    end
    if #kept > 0 and #kept[#kept] == 0 then kept[#kept] = nil end
    for n, line in ipairs(kept) do
        local words = {}
        for at, t in ipairs(fold(line)) do words[at] = token(t) end
        local together = #kept < 10 or n < 3 or n > #kept - 3
        out[n] = (#line == 0 and "\\codeblank" or
                  (line[#line].kind == "use" and #line < 3 and "\\codename{"
                   or "\\codeline{") .. table.concat(words) .. "}") ..
                 (together and n < #kept and "\\nobreak" or "")
    end
    return table.concat(out, "\n")
end
function M.inline_code(tokens)
    local words, length = {}, 0
    for at, t in ipairs(tokens) do
        words[at] = token(t)
        length = length + utf8.len(t.text)
    end
    local text = table.concat(words)
    if length > 18 then
        text = text:gsub("\\char95\\relax{}", "%0\\codebreak{}")
                   :gsub("/", "/\\codebreak{}")
                   :gsub("\\ws{}", "\\ws\\codebreak{}")
    end
    return raw("\\inlinecode{", text, "}")
end
-- print chunks and listings
function M.chunk_title(name)
    if name:find("/", 1, true) and not name:find(" ", 1, true) then
        return "\\inlinecode{" .. code(name) .. "}"
    end
    return (escape(name):gsub("%[%[(.-)%]%]", "\\inlinecode{%1}"))
end

local function numbers(list)
    local out = {}
    for at, number in ipairs(list) do
        out[at] = "\\hyperlink{chunk-" .. number .. "}{" .. number .. "}"
    end
    return table.concat(out, ", ")
end

function M.chunk(c)
    return rawblock("\\at{", common.source, ":", tostring(common.line),
        "}\n{", c.name:match("^solutions/") and "\\programsize" or "",
        "\\begin{chunk}{", c.number, "}{", M.chunk_title(c.name),
        "}{", c.first and "" or "+", "}{", common.chunk_links(c, numbers),
        "}\n", code_lines(c.lines), "\n\\end{chunk}}")
end
function M.listing(block, lines)
    local head = ""
    if block.attributes.number then
        head = "Listing " .. block.attributes.number .. ". " ..
               escape(block.attributes.caption or "")
        head = "\\listinghead{" .. block.identifier .. "}{" .. head .. "}\n"
    end
    return rawblock(head, "\\begin{listing}\n", code_lines(lines),
                    "\n\\end{listing}")
end

function M.chunk_name(name, chunk)
    return raw("\\chunkuse{", M.chunk_title(name), "}{", chunk.number, "}")
end
-- find displayed formulas
local function is_display(block)
    local item = block and block.t == "Para" and #block.content == 1 and
                 block.content[1]
    return item and (item.t == "Span" and item.classes[1] == "equation" or
                     item.t == "Math" and item.mathtype == "DisplayMath")
end

local function ends_in_display(block)
    return is_display(pandoc.Para { block.content[#block.content] })
end

local function goes_on(block)
    local first = block.content[1]
    return first and first.t == "Str" and first.text:match("^[%l,;]")
end

-- print theorems, exercises and boxes
local function enclose(before, div, after, head)
    local list, first = pandoc.List { rawblock(before) }, div.content[1]
    if head and first and first.t == "Para" and not is_display(first) then
        first.content:insert(1, raw(head, " "))
    elseif head then list:insert(pandoc.Para { raw(head) }) end
    list:extend(div.content)
    list:insert(rawblock(after))
    return pandoc.Div(list)
end
local function test_mark(name)
    if not name then return "" end
    return "\\testmark{" .. escape(name):gsub("\\char95\\relax{}",
        "%0\\allowbreak{}"):gsub("/", "/\\allowbreak{}") .. "}"
end

local function title_of(div)
    local title = div.attributes.title
    return title and pandoc.write(pandoc.read(title, "markdown"), "latex")
           or ""
end
local function close(div, sign)
    local last = div.content[#div.content]
    if last and last.t == "Para" then last.content:insert(raw(sign))
    else div.content:insert(rawblock("\\noindent", sign)) end
end

function M.theorem(div, word, test)
    local style = word == "Proof" and "proof" or
                  (word == "Definition" or word == "Example") and "remark"
                  or "theorem"
    if style == "proof" then close(div, "\\qed") end
    return enclose("\\begin{" .. style .. "box}", div,
        "\\end{" .. style .. "box}", (style == "proof" and "\\proofhead{" or
        "\\statementhead{") .. word .. "}{" ..
        (div.attributes.number or "") .. "}{" .. title_of(div) .. "}{" ..
        div.identifier .. "}" .. test_mark(test))
end
local function is_short(div)
    local plain = #div.content <= 1
    pandoc.walk_block(div, {
        Math = function(m) plain = plain and m.mathtype == "InlineMath" end,
        CodeBlock = function() plain = false end })
    return plain and #pandoc.utils.stringify(div) < 330
end

function M.programs(div)
    return enclose("\\begin{programs}", div, "\\end{programs}")
end

function M.box(div, kind, word)
    local title = title_of(div)
    if kind == "aside" and is_short(div) then
        return enclose("\\marginaside{" .. title .. "}{", div, "}")
    end
    if word ~= "" then
        title = word .. (title ~= "" and ": " .. title or "")
    end
    return enclose("\\begin{" .. kind .. "box}{" .. title .. "}", div,
                   "\\end{" .. kind .. "box}")
end
function M.exercise(div, e)
    local links = {}
    if e.hint then links[1] = "\\pagelink{" .. e.hint .. "}{hint}" end
    if e.solution then
        links[#links + 1] = "\\pagelink{" .. e.solution .. "}{solution}"
    end
    if #links > 0 then
        close(div, "\\exercisefoot{" .. table.concat(links, " · ") .. "}")
    end
    return enclose("\\begin{exercisebox}", div, "\\end{exercisebox}",
        "\\exercisehead{" .. div.attributes.number .. "}{" ..
        div.identifier .. "}{" .. string.rep("\\levelmark{}", e.level) ..
        "}{" .. e.kind .. "}{" .. title_of(div) .. "}")
end

function M.answer(div)
    local of = div.attributes.of
    return enclose("\\begin{exercisebox}", div, "\\end{exercisebox}",
        "\\answerhead{" .. div.attributes.kind .. "-" .. of .. "}{" .. of ..
        "}{" .. book.labels[of].number .. "}{" ..
        escape(book.title_of(of)) .. "}")
end
-- print equations
function M.equation(span)
    local tex = span.content[1].text:gsub("^%s+", ""):gsub("%s+$", "")
    local mark = test_mark(span.attributes.test):gsub("testmark", "eqtest")
    return raw("\\begin{equation*}\n", tex, "\n\\eqtag{",
        span.attributes.number, "}{", span.identifier, "}{", mark,
        "}\\end{equation*}")
end

function M.math(math) return nil end
function M.blocks(list)
    local out = pandoc.List()
    for _, block in ipairs(list) do
        local last, place = out[#out], nil
        if last and last.t == "RawBlock" and block.t == "Para" then
            last, place = out[#out - 1], last
        end
        if last and last.t == "Para" and block.t == "Para" and
           (is_display(block) or goes_on(block) and
            ends_in_display(last)) then
            -- join the two paragraphs
            if place then out:remove() end
            last.content:insert(pandoc.SoftBreak())
            last.content:extend(block.content)
        else out:insert(block) end
    end
    return out
end
-- print figures and tables
local function caption(kind, number, id, content)
    if not number then return {} end
    return wrap("\\renewcommand\\the" .. kind .. "{" .. number ..
                "}\\caption{", content, "}\\target{" .. id .. "}")
end

function M.figure(image, file)
    local width = image.attributes.width or ""
    width = width:match("^%d+%%$") and "width=" ..
            tonumber(width:match("%d+")) / 100 .. "\\linewidth" or ""
    local list = pandoc.List { raw("\\begin{figure}\\centering",
                                   "\\bookpicture[", width, "]{", file,
                                   "}") }
    if image.attributes.number then
        list:extend(caption("figure", image.attributes.number,
                            image.identifier, image.caption))
    end
    list:insert(raw("\\end{figure}"))
    return pandoc.Plain(list)
end
local function room_for(tbl)
    local rows, caption = 0, pandoc.utils.stringify(tbl.caption.long)
    for _, body in ipairs(tbl.bodies) do rows = rows + #body.body end
    if rows >= 20 then rows = 3 end
    return rawblock("\\Needspace{", tostring(rows + #caption // 70 + 5),
                    "\\baselineskip}")
end

function M.table(div)
    local tbl, number = div.content[1], div.attributes.number
    if number and tbl.caption.long[1] then
        tbl.caption.long[1].content:insert(1, raw("\\target{",
                                                  div.identifier, "}"))
        return pandoc.Div { room_for(tbl), rawblock(
            "\\renewcommand\\thetable{", number, "}"), tbl }
    end
    return pandoc.Div { room_for(tbl), tbl }
end
-- print numbers, claims and index entries
function M.result(content, key)
    return pandoc.Span(wrap("\\hyperlink{key-" .. key .. "}{", content,
                            "}"))
end

function M.claim(text, key)
    return raw("\\claimmark{key-", key or "", "}")
end

function M.index(span)
    return pandoc.Span(wrap("\\target{" .. span.identifier .. "}",
                            span.content, ""))
end
return M
