-- From chapters/app-a-press.nw (edit that, then make tangle)
package.path = PANDOC_SCRIPT_FILE:gsub("[^/]*$", "?.lua;") .. package.path
local book = require "book"

function Pandoc(doc)
    local citations = pandoc.List()
    for _, chapter in ipairs(book.chapters) do
        for key in pairs(chapter.citations) do
            citations:insert(pandoc.Citation(key, "NormalCitation"))
        end
    end
    table.sort(citations, function(a, b) return a.id < b.id end)
    doc.meta.nocite = pandoc.MetaInlines { pandoc.Cite({}, citations) }
    doc.blocks = { pandoc.Div({}, pandoc.Attr("refs")) }
    return doc
end
