-- From chapters/app-a-press.nw (edit that, then make tangle)
local common = require "common"
local M = { chapters = {}, labels = {} }
for _, name in ipairs(common.list("chapters")) do
    local stem = name:match("^(.*)%.nw$")
    local tables = stem and common.read(common.dir .. "/" .. stem ..
                                        ".tables")
    local chapter = tables and load(tables)()
    if chapter then
        M.chapters[#M.chapters + 1] = chapter
        if stem == common.stem then M.own = chapter end
        -- take over the labels of the chapter
        for id, label in pairs(chapter.labels) do
            local other = M.labels[id] and M.labels[id].stem
            if other == common.stem then other = stem
            elseif stem ~= common.stem then other = nil end
            if other then
                common.complain("the label " .. id .. " is given in chapters/" ..
                                other .. ".nw too", "#" .. id)
            end
            label.stem = stem
            M.labels[id] = label
        end
    end
end
-- put the chapters into the book's order
local function rank(stem)
    return stem:match("^front") and 1 or stem:match("^%d") and 2 or 3
end
table.sort(M.chapters, function(a, b)
    local x, y = rank(a.stem), rank(b.stem)
    return x < y or x == y and a.stem < b.stem
end)
-- find the title of an exercise
function M.title_of(id)
    for _, chapter in ipairs(M.chapters) do
        for _, exercise in ipairs(chapter.exercises) do
            if exercise.id == id then return exercise.title end
        end
    end
end
-- find the names of all tests
M.tests = {}
for _, folder in ipairs(common.list("tests")) do
    for _, name in ipairs(common.list("tests/" .. folder)) do
        local script = name:match("^(.*)%.sh$")
        if script then M.tests[folder .. "/" .. script] = true end
        local text = name:match("%.c$") and
                     common.read("tests/" .. folder .. "/" .. name) or ""
        for suite, claim in text:gmatch(
                "%f[%w]%w*Test%s*%(%s*([%w_]+)%s*,%s*([%w_]+)") do
            M.tests[suite .. "/" .. claim] = true
        end
    end
end
return M
