-- From chapters/app-a-press.nw (edit that, then make tangle)
package.path = PANDOC_SCRIPT_FILE:gsub("[^/]*$", "?.lua;") .. package.path
local common, book = require "common", require "book"
local ledger, latex = require "ledger", require "latex"
local page = require "page"
local tex, html = {}, {}
-- put chapters into order for TeX
local function chapter_files()
    local out, main = {}, false
    for _, chapter in ipairs(book.chapters) do
        if chapter.number ~= "" and not main then
            out[#out + 1], main = "\\maketableofcontents\\mainmatter", true
        end
        out[#out + 1] = "\\input{build/weave/" .. chapter.stem .. ".tex}"
    end
    out[#out + 1] = "\\input{build/weave/backmatter.tex}"
    return table.concat(out, "\n") .. "\n"
end
-- list the contents for the web
local lists = { { "bibliography", "Bibliography" },
                { "indexes", "Indexes" },
                { "ledger", "Ledger of results" } }

local function sections_of(chapter)
    local out = {}
    for _, h in ipairs(chapter.headings) do
        if h.level == 2 then
            out[#out + 1] = '<li><a href="' .. chapter.stem .. ".html#" ..
                h.id .. '">' .. h.number .. " " .. h.title .. "</a></li>"
        end
    end
    return "<ul>" .. table.concat(out, "\n") .. "</ul>"
end
local function contents()
    local out = {}
    for _, chapter in ipairs(book.chapters) do
        out[#out + 1] = '<li class="chapter"><a href="' .. chapter.stem ..
            '.html">' .. chapter.number .. " " .. page.escape(chapter.title)
            .. "</a>" .. sections_of(chapter) .. "</li>"
    end
    for _, list in ipairs(lists) do
        out[#out + 1] = '<li class="chapter"><a href="' .. list[1] ..
                        '.html">' .. list[2] .. "</a></li>"
    end
    return '<div class="cover"><h1>Autoencoders</h1><p><i>From ' ..
        "Compression to Generation</i><br>A literate program in C</p>" ..
        "</div>" ..
        '<div class="contents"><ol>' .. table.concat(out, "\n") ..
        "</ol></div>"
end
-- gather the entries of the three indexes
local subjects, names, pieces = {}, {}, {}

local function add(index, name, place)
    index[name] = index[name] or {}
    table.insert(index[name], place)
end

for _, chapter in ipairs(book.chapters) do
    for _, entry in ipairs(chapter.index) do
        add(subjects, entry.term, { id = entry.id, page = entry.page,
            number = entry.section ~= "" and entry.section or
                     chapter.title })
    end
    for _, chunk in ipairs(chapter.chunks) do
        local place = { id = "chunk-" .. chunk.number, page = chunk.page,
                        number = chunk.number }
        add(pieces, chunk.name, place)
        for name, rank in pairs(chunk.language == "c" and chunk.defines or
                                {}) do
            if rank > 1 and not name:match("_H$") and name:match("^%a") then
                add(names, name, place)
            end
        end
    end
end
-- print an index
local function sorted(index)
    local list = {}
    for name in pairs(index) do list[#list + 1] = name end
    table.sort(list, function(a, b)
        local x, y = a:lower(), b:lower()
        if x == y then return a < b end
        return x < y
    end)
    return list
end

local function places_on_the_web(places)
    local out = {}
    for at, place in ipairs(places) do
        out[at] = '<a href="' .. place.page .. ".html#" .. place.id ..
                  '">' .. place.number .. "</a>"
    end
    return table.concat(out, ", ")
end
-- print the lines of an index
local function print_index(title, columns, index, show)
    local letter = nil
    table.insert(tex, "\\backsection{" .. title .. "}\\begin{indexlist}{" ..
                 columns .. "}")
    table.insert(html, "<h2>" .. title .. '</h2><div class="index"><ul>')
    for _, name in ipairs(sorted(index)) do
        local ids = {}
        for at, place in ipairs(index[name]) do ids[at] = place.id end
        local first = name:sub(1, 1):upper()
        if first ~= letter and first:match("%a") then
            table.insert(tex, "\\indexletter{" .. first .. "}")
        end
        letter = first
        table.insert(tex, show(latex, name) .. "\\indexpages{" ..
                     table.concat(ids, ",") .. "}\\par")
        table.insert(html, "<li>" .. show(page, name) .. " " ..
                     places_on_the_web(index[name]) .. "</li>")
    end
    table.insert(tex, "\\end{indexlist}")
    table.insert(html, "</ul></div>")
end
-- print the bibliography
local function bibliography(doc)
    local out, works = { "\\widepages\\backchapter{Bibliography}" ..
        "\\begin{multicols}{2}\\footnotesize" }, {}
    doc:walk { Div = function(div)
        if div.identifier:match("^ref%-") then
            local plain = pandoc.Pandoc(div.content)
            local text = pandoc.write(plain, "latex"):gsub("(doi:.*)",
                function(s) return (s:gsub("[/.]", "%0\\allowbreak{}")) end)
            out[#out + 1] = "\\bibentry{" .. div.identifier .. "}{" ..
                            text .. "}"
            works[#works + 1] = '<div id="' .. div.identifier .. '">' ..
                pandoc.write(plain, "html"):gsub("</?p>", "") .. "</div>"
        end
    end }
    table.insert(tex, 1, table.concat(out, "\n") .. "\\end{multicols}")
    return '<h1>Bibliography</h1><div class="references">' ..
           table.concat(works, "\n") .. "</div>"
end
-- print the ledger
local quoted = {}
for _, chapter in ipairs(book.chapters) do
    for _, key in ipairs(chapter.keys) do quoted[key] = true end
    for _, claim in ipairs(chapter.claims) do
        for _, key in ipairs(select(3, ledger.judge(claim))) do
            quoted[key] = true
        end
    end
end

local function cells(entry)
    local spread = entry.spread and string.format("%.2g", entry.spread)
                   or ""
    return { string.format("%.6g", entry.value), spread, entry.unit or "",
             entry.data or "" }
end
-- print the rows of the ledger
local function print_ledger()
    local rows = {}
    table.insert(tex, "\\backchapter{Ledger of results}\\begin{ledger}")
    for _, key in ipairs(ledger.order) do
        local entry = ledger.entries[key]
        local shown = cells(entry)
        if quoted[key] then
            table.insert(tex, "\\ledgerrow{\\target{key-" .. key .. "}" ..
                latex.code_text(key) .. "}{" .. latex.escape(shown[1]) ..
                (shown[2] ~= "" and "}{± " or "}{") ..
                latex.escape(shown[2]) .. "}{" .. latex.escape(shown[3]) ..
                "}{" .. latex.escape(shown[4]) .. "}")
        end
        rows[#rows + 1] = '<tr id="key-' .. key .. '"><td><code>' ..
            page.escape(key) .. "</code></td><td>" ..
            table.concat(shown, "</td><td>") .. "</td><td><code>" ..
            page.escape(entry.program or "") .. "</code></td><td>" ..
            page.escape(entry.settings or "") .. "</td></tr>"
    end
    return '<h1>Ledger of results</h1><div class="table"><table class=' ..
        '"ledger"><tr><th>key</th><th>value</th><th>spread</th><th>unit' ..
        "</th><th>data</th><th>program</th><th>settings</th></tr>" ..
        table.concat(rows, "\n") .. "</table></div>"
end
-- write the pages at the end
local function write_page(name, title, body)
    common.write(common.dir .. "/" .. name .. ".html",
                 page.frame { BODY = body, TITLE = title })
end

function Pandoc(doc)
    local works = bibliography(doc)
    local results = print_ledger()
    table.insert(tex, "\\end{ledger}\\backchapter{Indexes}")
    print_index("Subjects", 4, subjects,
                function(m, s) return m.escape(s) end)
    print_index("Names of the program", 4, names,
                function(m, s) return m.code_text(s) end)
    print_index("Chunks", 4, pieces,
                function(m, s) return m.chunk_title(s) end)
    common.stop_if_failed()
    write_page("index", "Contents", contents())
    write_page("bibliography", "Bibliography", works)
    write_page("ledger", "Ledger of results", results)
    write_page("indexes", "Indexes", "<h1>Indexes</h1>" ..
               table.concat(html, "\n"))
    common.write(common.dir .. "/contents.tex", chapter_files())
    common.write(common.dir .. "/backmatter.tex", table.concat(tex, "\n"))
    return pandoc.Pandoc {}
end
