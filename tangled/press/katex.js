/* From chapters/app-a-press.nw (edit that, then make tangle) */
// usage: node katex.js NOTATION FROM… TO-FOLDER
const fs = require("fs"), path = require("path");
const katex = require(process.env.KATEX ||
    "/usr/share/javascript/katex/katex.js");
const [notation, ...pages] = process.argv.slice(2);
const folder = pages.pop();
/* read the macros */
function read_macros(file) {
    const macros = {};
    if (!fs.existsSync(file)) return macros;
    for (const line of fs.readFileSync(file, "utf8").split("\n")) {
        const head = line.match(/^\\newcommand\{(\\\w+)\}(\[\d\])?\{/);
        if (!head) continue;
        let depth = 1, at = head[0].length;
        while (depth > 0 && at < line.length) {
            if (line[at] === "{" && line[at - 1] !== "\\") depth++;
            if (line[at] === "}" && line[at - 1] !== "\\") depth--;
            at++;
        }
        macros[head[1]] = line.slice(head[0].length, at - 1);
    }
    return macros;
}
const macros = read_macros(notation);
/* render one formula */
let failed = 0;
const plain = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' };
const done = new Map();

function render(kind, at, text) {
    const key = kind + text;
    if (done.has(key)) return done.get(key);
    const tex = text.replace(/&(lt|gt|amp|quot);/g, (e) => plain[e]);
    let html = "";
    try {
        html = katex.renderToString(tex, { displayMode: kind === "display",
            macros: { ...macros }, strict: "error", trust: false });
    } catch (error) {
        const [file, line] = at.split(":");
        console.error(`${place(file, +line, tex)}: ${error.message}`);
        failed = 1;
    }
    if (kind === "display")
        html = '<span class="scroll">' + html + "</span>";
    done.set(key, html);
    return html;
}
/* find the line of a formula */
function place(file, line, tex) {
    const first = tex.trim().split("\n")[0];
    const lines = fs.existsSync(file) ?
        fs.readFileSync(file, "utf8").split("\n") : [];
    for (let at = line - 1; at < lines.length; at++)
        if (lines[at].includes(first)) return `${file}:${at + 1}`;
    return `${file}:${line}`;
}
for (const page of pages) {
    const text = fs.readFileSync(page, "utf8").replace(
        /<span class="math (\w+)" data-at="([^"]*)">([^]*?)<\/span>/g,
        (_, kind, at, tex) => render(kind, at, tex));
    const to = path.join(folder, path.basename(page));
    if (!fs.existsSync(to) || fs.readFileSync(to, "utf8") !== text)
        fs.writeFileSync(to, text);
}
process.exit(failed);
