-- From chapters/app-a-press.nw (edit that, then make tangle)
local M = { line = 1, failed = false }
-- find the files of this chapter
local input = PANDOC_STATE.input_files[1] or ""
M.dir = input:match("^(.*)/[^/]*$") or "."
M.stem = input:match("([^/]*)%.%w+$") or "book"
M.source = "chapters/" .. M.stem .. ".nw"

function M.number_of(stem)
    local digits = stem:match("^(%d+)%-")
    local letter = stem:match("^app%-(%a)%-")
    return digits and tostring(tonumber(digits)) or
           letter and letter:upper() or ""
end
-- complain with chapter and line
local function line_of(word)
    local number, first = 0, nil
    for text in io.lines(M.source) do
        number = number + 1
        if word and text:find(word, 1, true) then
            first = first or number
            if number >= M.line then return number end
        end
    end
    return first or M.line
end

local said = {}
function M.complain_at(file, line, what)
    local message = file .. ":" .. line .. ": " .. what .. "\n"
    if not said[message] then io.stderr:write(message) end
    said[message], M.failed = true, true
end

function M.complain(what, word)
    M.complain_at(M.source, line_of(word), what)
end

function M.stop_if_failed()
    if M.failed and not os.getenv("WEAVE_ANYWAY") then os.exit(1) end
end
-- read and write files
function M.read(path)
    local file = io.open(path, "rb")
    if not file then return nil end
    local text = file:read("a")
    file:close()
    return text
end

function M.write(path, text)
    if M.read(path) == text then return end
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end

function M.list(folder)
    local names, pipe = {}, io.popen("ls '" .. folder .. "' 2>/dev/null")
    for name in pipe:lines() do names[#names + 1] = name end
    pipe:close()
    return names
end
-- write a Lua table as text
function M.serialise(value)
    if type(value) ~= "table" then
        return type(value) == "string" and string.format("%q", value)
               or tostring(value)
    end
    local keys, parts = {}, {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, function(a, b)
        if type(a) == type(b) then return a < b end
        return type(a) == "number"
    end)
    for _, key in ipairs(keys) do
        parts[#parts + 1] = "[" .. M.serialise(key) .. "]=" ..
                            M.serialise(value[key])
    end
    return "{" .. table.concat(parts, ",\n") .. "}"
end
return M
