-- From chapters/app-a-press.nw (edit that, then make tangle)
local common = require "common"
local M = { entries = {}, order = {} }
-- read all ledgers
local function read_row(file, number, text, program)
    local cells = {}
    for cell in (text .. "\t"):gmatch("(.-)\t") do
        cells[#cells + 1] = cell
    end
    local key, value = cells[1], tonumber(cells[2])
    if not value or value ~= value then
        return common.complain_at(file, number, "the value of " .. key ..
                                  " is no number: " .. tostring(cells[2]))
    elseif M.entries[key] then
        return common.complain_at(file, number, "the key " .. key ..
                " stands in " .. M.entries[key].file .. " too")
    end
    M.entries[key] = { key = key, value = value, file = file,
        spread = tonumber(cells[3]), unit = cells[4], data = cells[5],
        settings = cells[6], hash = cells[7], program = program }
    M.order[#M.order + 1] = key
end
-- read one ledger
local function read_ledger(file)
    local number, program, headed = 0, nil, false
    for text in io.lines(file) do
        number = number + 1
        if text:match("^#") then
            program = program or text:match("^# program (%S+)")
        elseif not headed then headed = true
        elseif text ~= "" then read_row(file, number, text, program) end
    end
    if not program then
        common.complain_at(file, 1, "no line says which program wrote it")
    end
end

for _, floor in ipairs(common.list("figures")) do
    for _, name in ipairs(common.list("figures/" .. floor)) do
        if name:match("%.tsv$") then
            read_ledger("figures/" .. floor .. "/" .. name)
        end
    end
end
-- evaluate a claim
local binary = {
    ["+"] = function(a, b) return a + b end,
    ["-"] = function(a, b) return a - b end,
    ["*"] = function(a, b) return a * b end,
    ["/"] = function(a, b) return a / b end,
    ["^"] = function(a, b) return a ^ b end,
    ["<"] = function(a, b) return a < b end,
    [">"] = function(a, b) return a > b end,
    ["<="] = function(a, b) return a <= b end,
    [">="] = function(a, b) return a >= b end,
    ["=="] = function(a, b) return a == b end,
    ["!="] = function(a, b) return a ~= b end,
}
-- cut a claim into words
local function cut(text)
    local list, at = { keys = {}, at = 1 }, 1
    local shapes = { "^%d[%d.]*[eE][+-]?%d+", "^%d[%d.]*",
                     "^%a[%w_.-]*[%w_]", "^%a", "^[<>=!]=", "^%S" }
    while true do
        at = text:find("%S", at)
        if not at then return list end
        for _, shape in ipairs(shapes) do
            local word = text:match(shape, at)
            if word then
                list[#list + 1] = word
                at = at + #word
                break
            end
        end
    end
end

local function take(list, word)
    if list[list.at] ~= word then return false end
    list.at = list.at + 1
    return true
end
-- evaluate a number, a key, a call or a bracket
local calls = { abs = math.abs, min = math.min, max = math.max,
                sqrt = math.sqrt, log = math.log, exp = math.exp }
local sum

local function primary(list)
    local word = list[list.at] or error("the claim breaks off", 0)
    list.at = list.at + 1
    if word == "-" then return -primary(list) end
    if tonumber(word) then return tonumber(word) end
    if word == "(" or calls[word] and take(list, "(") then
        local values = { sum(list) }
        while take(list, ",") do values[#values + 1] = sum(list) end
        if not take(list, ")") then error("a bracket is open", 0) end
        return (calls[word] or table.unpack)(table.unpack(
            word == "(" and { values } or values))
    end
    local entry = M.entries[word] or error("no ledger has the key " .. word,
                                           0)
    list.keys[#list.keys + 1] = word
    return entry.value
end
-- evaluate sums and products
local function level(signs, below)
    return function(list)
        local value = below(list)
        while signs[list[list.at]] do
            local sign = list[list.at]
            list.at = list.at + 1
            value = binary[sign](value, below(list))
        end
        return value
    end
end

local power = level({ ["^"] = true }, primary)
local product = level({ ["*"] = true, ["/"] = true }, power)
sum = level({ ["+"] = true, ["-"] = true }, product)
-- evaluate comparisons
local function within(list, value)
    local tolerance = sum(list)
    local relative = take(list, "%")
    if not take(list, "of") then error("within … of what?", 0) end
    local reference = sum(list)
    if relative then tolerance = tolerance / 100 * math.abs(reference) end
    return math.abs(value - reference) <= tolerance
end

local function comparison(list)
    local value, holds = sum(list), true
    if take(list, "within") then return within(list, value) end
    local sign = list[list.at]
    if not (sign and sign:match("^[<>=!]")) then
        error("the claim compares nothing", 0)
    end
    while sign and sign:match("^[<>=!]") do
        list.at = list.at + 1
        local next_value = sum(list)
        holds = holds and (binary[sign] or error("what is " .. sign .. "?",
                                                 0))(value, next_value)
        value, sign = next_value, list[list.at]
    end
    return holds
end
-- judge a claim
function M.judge(text)
    local list = cut(text)
    local ok, holds = pcall(function()
        local all = comparison(list)
        while take(list, "and") do all = comparison(list) and all end
        if list[list.at] then
            error("what is " .. list[list.at] .. "?", 0)
        end
        return all
    end)
    if not ok then return nil, holds, list.keys end
    local values = text:gsub("%a[%w_.-]*[%w_]", function(word)
        local entry = M.entries[word]
        return entry and string.format("%.6g", entry.value)
    end)
    return holds, values, list.keys
end
-- check that some program writes a key
local function literals_of(path, seen, found)
    local text = not seen[path] and common.read("tangled/" .. path)
    seen[path] = true
    if not text then return found end
    for literal in text:gmatch('"([^"\n]*)"') do
        if literal:match("%w") then found[literal] = true end
    end
    for header in text:gmatch('#include "([^"]+)"') do
        literals_of(header, seen, found)
        literals_of(header:gsub("%.h$", ".c"), seen, found)
    end
    return found
end
-- match a literal as a pattern
local cache = {}
local directive = "%%[-+ #0]*[%d*]*%.?[%d*]*[hlzjt]*[a-zA-Z]"

local function matches(literal, key)
    local bare = literal:gsub(directive, "")
    if not bare:match("%w%w") then return false end
    local pattern = literal:gsub(directive, "\1"):gsub("%p", "%%%0")
                           :gsub("\1", ".+")
    return key:match("^" .. pattern .. "$") ~= nil
end

function M.is_written(entry)
    local program = entry.program or ""
    cache[program] = cache[program] or literals_of(program, {}, {})
    for literal in pairs(cache[program]) do
        if matches(literal, entry.key) then return true end
    end
    return false
end
-- print a value
function M.print(value, format)
    local ok, text = pcall(string.format, format or "%.4g", value)
    if not ok then return nil, text end
    local mantissa, sign, power = text:match("^(.-)e([+-])0*(%d+)$")
    if mantissa then
        return pandoc.Math("InlineMath", mantissa .. "\\cdot10^{" ..
                           (sign == "-" and "-" or "") .. power .. "}")
    end
    return pandoc.Str((text:gsub("^%-", "\u{2212}")))
end
return M
