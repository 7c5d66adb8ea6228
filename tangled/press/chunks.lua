-- From chapters/app-a-press.nw (edit that, then make tangle)
local common, lexer = require "common", require "lexer"
local M = {}
-- note one chunk
function M.note(chapter, block)
    local n = #chapter.chunks + 1
    local chunk = { name = block.attributes.name, text = block.text,
        number = chapter.number .. "." .. n, page = chapter.page,
        uses = {} }
    for name in block.text:gmatch("\u{E000}(.-)\u{E001}") do
        chunk.uses[#chunk.uses + 1] = name
    end
    chapter.chunks[n] = chunk
    return chunk
end
-- give each chunk the language of its root
function M.spread_languages(list)
    local named, waiting = {}, {}
    for _, chunk in ipairs(list) do
        named[chunk.name] = named[chunk.name] or {}
        table.insert(named[chunk.name], chunk)
        local language = chunk.name:find("/", 1, true) and
                         lexer.language(chunk.name)
        if language then table.insert(waiting, { chunk.name, language }) end
    end
    while #waiting > 0 do
        local name, language = table.unpack(table.remove(waiting))
        for _, chunk in ipairs(named[name] or {}) do
            if not chunk.language then
                chunk.language = language
                for _, use in ipairs(chunk.uses) do
                    table.insert(waiting, { use, language })
                end
            end
        end
    end
end
-- find the names that a chunk defines
local patterns = {
    c = { { 3, "^[%a_][%w_ *]-([%a_][%w_]*)%([^;]*$" },
          { 3, "^struct ([%w_]+) {" }, { 3, "^enum ([%w_]+) {" },
          { 3, "^union ([%w_]+) {" }, { 3, "^#define ([%w_]+)" },
          { 3, "^typedef .-([%w_]+);$" }, { 3, "^} ([%w_]+);$" },
          { 2, "^static .-([%w_]+)[%[%]%w_]* = " },
          { 2, "^const .-([%w_]+)[%[%]%w_]* = " },
          { 1, "^[%a_][%w_ *]-([%a_][%w_]*)%(.*;" } },
    lua = { { 3, "^local function ([%w_]+)" },
            { 3, "^function ([%w_.]+)" } },
    awk = { { 3, "^function ([%w_]+)" } },
    js = { { 3, "^function ([%w_]+)" } },
    sh = { { 3, "^([%w_]+)%(%)" } },
}

local not_a_name = { ["if"] = 1, ["for"] = 1, ["while"] = 1, ["switch"] = 1,
                     ["return"] = 1, ["sizeof"] = 1, ["else"] = 1 }
-- try the patterns on each line of a chunk
function M.definitions(chunk)
    local found = {}
    local function note(rank, name)
        if name and not not_a_name[name] then
            found[name] = math.max(found[name] or 0, rank)
        end
    end
    for line in (chunk.text .. "\n"):gmatch("(.-)\n") do
        for _, pair in ipairs(patterns[chunk.language] or {}) do
            note(pair[1], line:match(pair[2]))
        end
    end
    if patterns[chunk.language] == patterns.c then
        for body in chunk.text:gmatch("enum[%w_ ]*(%b{})") do
            for name in body:gmatch("%f[%w_](%u[%u%d_]+)%f[^%w_]") do
                note(2, name)
            end
        end
    end
    return found
end
-- index the chunks of all chapters
function M.index(chapters, own)
    local index = { named = {}, defined = {}, words = {} }
    for _, chapter in ipairs(chapters) do
        for _, chunk in ipairs(chapter.chunks) do
            if chapter == own then
                local same = index.named[chunk.name] or {}
                same[#same + 1] = chunk
                index.named[chunk.name] = same
            end
            for name, rank in pairs(chunk.defines) do
                local before = index.defined[name]
                rank = rank + (chapter == own and 10 or 0)
                if not before or before.rank < rank then
                    index.defined[name] = { rank = rank, chunk = chunk }
                end
            end
        end
        for word in pairs(chapter.words) do index.words[word] = true end
    end
    -- note where each chunk is used
    index.used = {}
    for _, chunk in ipairs(own and own.chunks or {}) do
        for _, name in ipairs(chunk.uses) do
            local list = index.used[name] or {}
            if list[#list] ~= chunk.number then
                list[#list + 1] = chunk.number
            end
            index.used[name] = list
        end
    end
    return index
end
return M
