//! Lessons: Markdown to HTML that is safe to place in a page. What one text may cost is bounded: a text
//! that is nested too deeply or has too many parts is shown as plain text, and refused when it is saved.

use crate::common::forms::FaultKind;
use pulldown_cmark::{CowStr, Event, Options, Parser, html};
use std::fmt::Write;

/// How deeply parts (lists, quotes, tables, emphasis …) may stand in one another: an HTML parser looks
/// through all that is open for each new one.
pub const DEPTH_MAX: usize = 32;
/// How many parts a text may have.
pub const PARTS_MAX: usize = 40_000;
/// Most bytes of a text that is parsed at all: more than any field takes.
const TEXT_MAX: usize = 1024 * 1024;
/// Most bytes of HTML: a link's address is written anew at each place that names it.
const HTML_MAX: usize = 4 * 1024 * 1024;
/// Most quotes and lists that a single line may open or continue. The parser walks through all that are
/// open at each further line, so this is asked before it begins.
const MARKERS_MAX: usize = 100;
/// Most bytes that the sanitiser may look through for signs to escape, see [`searched`]. A book's chapter
/// in one paragraph has a hundredth of it.
const SEARCHED_MAX: usize = 200_000_000;

/// A text as people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// HTML, safe to show.
    pub html: String,
    /// What is wrong with it, which its author is told instead of saving it.
    pub fault: Option<FaultKind>,
}

/// Renders Markdown. HTML in the text is shown as text, never taken as markup; what comes out
/// passes a sanitiser as a second line of defence. Headings start at level 2.
pub fn render(text: &str) -> Look {
    let Some((events, markup)) = events(text) else {
        return Look { html: plain(text), fault: Some(FaultKind::TooComplex) };
    };
    let mut unsafe_html = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events.into_iter());
    if unsafe_html.len() > HTML_MAX || searched(&unsafe_html) > SEARCHED_MAX {
        return Look { html: plain(text), fault: Some(FaultKind::TooComplex) };
    }
    let html = ammonia::Builder::default()
        .add_generic_attributes(["id", "class"])
        .rm_tags(["h1"])
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer"))
        .clean(&unsafe_html)
        .to_string();
    Look { html, fault: markup.then_some(FaultKind::Markup) }
}

/// What a text consists of and whether there is HTML in it; none when it is too much. The parser is asked
/// for no more than is taken.
fn events(text: &str) -> Option<(Vec<Event<'_>>, bool)> {
    if text.len() > TEXT_MAX || text.lines().any(|line| markers(line) > MARKERS_MAX) {
        return None;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let (mut depth, mut parts, mut bytes, mut markup) = (0_usize, 0_usize, 0_usize, false);
    let mut events = Vec::new();
    for event in Parser::new_ext(text, options) {
        parts += 1;
        match &event {
            Event::Start(tag) => {
                depth += 1;
                bytes += address(tag).map_or(0, |address| address.len());
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Html(_) | Event::InlineHtml(_) => markup = true,
            // A line's pieces are not parts of their own.
            Event::Text(_) | Event::SoftBreak => parts -= 1,
            _ => {}
        }
        // Each part begins and ends.
        if depth > DEPTH_MAX || parts > 2 * PARTS_MAX || bytes > HTML_MAX {
            return None;
        }
        events.push(match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            other => other,
        });
    }
    Some((events, markup))
}

fn address<'a>(tag: &'a pulldown_cmark::Tag<'_>) -> Option<&'a CowStr<'a>> {
    match tag {
        pulldown_cmark::Tag::Link { dest_url, .. } | pulldown_cmark::Tag::Image { dest_url, .. } => Some(dest_url),
        _ => None,
    }
}

/// How many quotes and lists a line begins with. A line of nothing but one sign is a rule (`* * *`).
fn markers(line: &str) -> usize {
    let bytes = line.trim_end().as_bytes();
    let rule = match bytes.last().copied() {
        Some(sign @ (b'-' | b'*' | b'_')) => {
            bytes.iter().rposition(|byte| *byte != sign && !matches!(byte, b' ' | b'\t')).map_or(0, |at| at + 1)
        }
        _ => bytes.len(),
    };
    let (mut at, mut found) = (0, 0);
    while at < rule {
        let digits = bytes[at..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let gap = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
        match bytes[at] {
            b' ' | b'\t' => at += 1,
            b'>' => (at, found) = (at + 1, found + 1),
            b'-' | b'*' | b'+' if gap(at + 1) => (at, found) = (at + 2, found + 1),
            _ if digits > 0 && matches!(bytes.get(at + digits), Some(b'.' | b')')) && gap(at + digits + 1) => {
                (at, found) = (at + digits + 2, found + 1);
            }
            b'[' if bytes.get(at + 1) == Some(&b'^') => {
                let label = bytes[at..].iter().take(1000).position(|byte| *byte == b']');
                match label {
                    Some(end) if bytes.get(at + end + 1) == Some(&b':') => (at, found) = (at + end + 2, found + 1),
                    _ => break,
                }
            }
            _ => break,
        }
    }
    found
}

/// How many bytes the sanitiser looks through when it writes the HTML. At each `&` and each character whose
/// first byte is 0xC2 (`«`, `°`, a space that does not break) it looks for the next angle bracket anew, to
/// the end of the text or of the attribute's value: a text of nothing but `&` would be read as often as it
/// is long.
fn searched(html: &str) -> usize {
    let bytes = html.as_bytes();
    let (mut ahead, mut sum) = (0_usize, 0_usize);
    for (at, byte) in bytes.iter().enumerate().rev() {
        ahead += 1;
        match byte {
            b'<' | b'>' => ahead = 0,
            b'&' if matches!(bytes.get(at + 1..at + 4), Some(b"lt;" | b"gt;")) => ahead = 0,
            b'&' | 0xc2 => sum = sum.saturating_add(ahead),
            _ => {}
        }
    }
    sum
}

/// A text as it was written.
fn plain(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    html.push_str("<pre>");
    for c in text.chars() {
        match c {
            '<' => html.push_str("&lt;"),
            '&' => html.push_str("&amp;"),
            c => html.push(c),
        }
    }
    // Writing to a String does not fail.
    let _ = html.write_str("</pre>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rustix::time::{ClockId, clock_gettime};
    use std::time::Duration;

    /// What this thread has used of the processor.
    fn used() -> Duration {
        let at = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(at.tv_sec.try_into().unwrap(), at.tv_nsec.try_into().unwrap())
    }

    #[test]
    fn markup_is_shown_not_run() {
        let look =
            render("## Title\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) **bold** <b onclick=x>y</b>");
        let html = look.html;
        assert!(html.contains("<h2>Title</h2>") && html.contains("<strong>bold</strong>"), "{html}");
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<b "), "{html}");
        assert_eq!(look.fault, Some(FaultKind::Markup));
        assert_eq!(render("a <b>x</b>").fault, Some(FaultKind::Markup));
        assert_eq!(render("1 < 2 and `<b>`").fault, None);
    }

    #[test]
    fn markers_are_counted() {
        for (line, count) in [
            ("", 0),
            ("text > more", 0),
            ("> > a", 2),
            (">>>>", 4),
            ("- - 1. 2) + * x", 6),
            ("* * * * * * *", 0),
            ("> - - - - -  ", 1),
            ("-text", 0),
            ("2026-11-24", 0),
            ("[^a]: [^b]: c", 2),
            ("-", 0),
        ] {
            assert_eq!(markers(line), count, "{line:?}");
        }
    }

    #[test]
    fn what_is_written_by_people_is_taken() {
        let line = |depth: usize| format!("{}- level {depth} with **strong** *text*\n", "  ".repeat(depth));
        let list: String = (0..8).map(line).collect();
        let table = format!("|a|b|c|\n|-|-|-|\n{}", "|1|2|3|\n".repeat(500));
        let quoted = "> > > an answer to an answer\n>\n> - and a list\n".to_owned();
        let rules = "text\n\n* * * * * * * * * * * * * * * * * * * * * * * * *\n\ntext\n\n".repeat(50);
        let prose = "A paragraph with [a link](https://example.org) and `code`.\n\n".repeat(1_000);
        let firms = format!("{}\n\n", "Research & development at AT&T &amp; others, «about 20 °C». ".repeat(300));
        let addresses = "[a](https://example.org/?a=1&b=2&c=3) &copy; &lt;b&gt; `x && y`\n".repeat(300);
        let code = format!("An example:\n\n```\n{}```\n", "if (a && b) { c &= d; }\n".repeat(1_500));
        let cells = format!("|a|b|\n|-|-|\n{}", "|R&D|&euro; 5|\n".repeat(200));
        for text in [list, table, quoted, rules, prose, firms, addresses, code, cells] {
            let look = render(&text);
            assert_eq!(look.fault, None, "{}", &text[..100.min(text.len())]);
            assert!(!look.html.starts_with("<pre>"));
        }
    }

    /// Each of these took seconds to minutes, or all memory, in some version of a parser of Markdown or of
    /// HTML; the first four did in ours.
    fn hostile(size: usize) -> Vec<(&'static str, String)> {
        let times = |text: &str| text.repeat(size / text.len());
        let half = |text: &str| text.repeat(size / 2 / text.len());
        let addressed = format!("[a]: https://example.org/{}\n\n", "x".repeat(size / 2));
        let columns = half("|a");
        vec![
            ("quotes", times(">")),
            ("quotes apart", times("> ")),
            ("lists", times("- ") + "a"),
            ("stars in stars", format!("{}a{}", half("*a **b "), half("b** a*"))),
            ("plain stars", format!("{}a{}", half("*"), half("*"))),
            ("numbered", times("1. ") + "a"),
            ("lists and blank lines", format!("{}a{}", half("- "), half("\n"))),
            // Together about as long: each line is two longer than the one before.
            ("lists over lines", (0..size.isqrt()).map(|n| format!("{}- a\n", "  ".repeat(n))).collect()),
            ("footnotes", times("[^a]: ")),
            ("footnote marks", format!("[^a]: b\n\n{}", times("[^a]"))),
            ("brackets", times("[")),
            ("brackets both", half("[") + &half("]")),
            ("brackets and texts", times("[a](")),
            ("pictures", times("![")),
            ("pictures both", half("![") + &half("](a)")),
            ("titles", times("[a](b \"")),
            ("titles in brackets", times("[a](b (")),
            ("names", times("[a]: b '\n")),
            ("long address", addressed + &half("[a] ")),
            ("table", format!("{columns}\n{}\n{}", columns.replace('a', "-"), half("|\n"))),
            ("table of cells", format!("|a\n|-\n{}", times("|a\n"))),
            ("code", times("`a``")),
            ("code of all lengths", (1..700).map(|n| "`".repeat(n) + " ").collect()),
            ("tags", times("<a ")),
            ("tags with values", times("<a b='")),
            ("comments", times("<!-- ")),
            ("declarations", times("<!A ")),
            ("instructions", times("<?")),
            ("sections", times("<![CDATA[")),
            ("paragraph ends", times("</p>")),
            ("entities", times("&amp;")),
            ("entities unended", times("&")),
            ("entities of two bytes", times("&nbsp;")),
            ("entities by number", times("&#38;")),
            ("entities by number unended", times("&#")),
            ("entities of long names", times("&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
            ("entities and then a text", half("&") + &half("a")),
            ("entities in code", format!("```\n{}", times("&\n"))),
            ("entities in an address", format!("[a](https://example.org/?{})", times("&"))),
            ("entities in a title", format!("[a](b \"{}\")", times("&"))),
            ("entities in a picture's words", format!("![{}](b)", times("&"))),
            ("entities in a heading", format!("# {}", times("&"))),
            ("entities in cells", format!("|a|\n|-|\n{}", times("|&&&&&&&&&&|\n"))),
            ("quotation marks", times("«")),
            ("addresses", times("<http://a>")),
            ("addresses unended", times("<http://")),
            ("addresses of mail", times("<a@b.c>")),
            ("addresses of mail unended", times("<a@")),
            ("tags unended", times("<a")),
            ("comments in comments", times("<!--a-")),
            ("ends of links", times("]()")),
            ("ends of links to names", times("[a][")),
            ("links of links", half("[a](b)") + &half("[")),
            ("marks unended", times("[^")),
            ("many names", (0..size / 12).map(|n| format!("[{n}]: b\n")).collect()),
            ("many names used", (0..size / 24).map(|n| format!("[{n}]: b\n\n[{n}]\n\n")).collect()),
            ("many notes", (0..size / 24).map(|n| format!("[^{n}]: b\n\n[^{n}]\n\n")).collect()),
            ("escaped stars", times("\\*")),
            ("escaped ends", times("\\\n")),
            ("ends of lines", times("a  \n")),
            ("stars of all lengths", (1..size.isqrt()).map(|n| "*".repeat(n) + "a ").collect()),
            ("stars unended", times("**a *b ")),
            ("stars and underscores", times("*_")),
            ("pipes", times("|")),
            ("pipes in lines", times("|a|\n")),
            ("fences", times("```\n~~~\n")),
            ("lines under a text", "a\n".repeat(size / 4) + &half("=")),
            ("text under a quote", format!("> a\n{}", times("a\n"))),
            ("underscores", times("_a __b ")),
            ("tildes", times("~~a ~b ")),
            ("escapes", times("\\")),
            ("rules", times("***\n")),
            ("items", times("-\n")),
            ("headings", times("# a\n")),
            ("underlined", times("a\n=\n")),
            ("nothing", times(" ")),
            ("tabs", times("\t\n")),
            ("letters", times("a")),
        ]
    }

    /// What is not optimised takes about thirty times as long. Before there were bounds, quotes alone took
    /// minutes here and ampersands four seconds. The cost is this thread's own, whatever else runs.
    #[test]
    fn hostile_texts_cost_little() {
        // Enough for what grows with the square to stand out.
        const SIZE: usize = 30_000;
        let mut costs = Vec::new();
        for (name, text) in hostile(SIZE) {
            let before = used();
            let look = render(&text);
            costs.push((used() - before, name, look.fault));
            assert!(look.html.len() <= HTML_MAX * 2, "{name}");
        }
        costs.sort_by_key(|(cost, ..)| std::cmp::Reverse(*cost));
        for (cost, name, fault) in costs.iter().take(12) {
            println!("{:>6} ms  {name}  {fault:?}", cost.as_millis());
        }
        let (worst, name, _) = &costs[0];
        assert!(*worst < Duration::from_secs(2), "{name} took {worst:?}");
    }

    #[test]
    fn what_is_searched_ends_at_angle_brackets() {
        for (html, bytes) in [
            ("", 0),
            ("<p>abc</p>", 0),
            ("<p>&amp;</p>", 5),
            ("<p>&amp;&amp;</p>", 15),
            ("<p>&amp;&lt;&amp;&gt;</p>", 10),
            ("<p>\u{ab}ab</p>", 4),
            ("&amp;", 5),
        ] {
            assert_eq!(searched(html), bytes, "{html}");
        }
        let look = render(&"&".repeat(30_000));
        assert_eq!(look.fault, Some(FaultKind::TooComplex));
        assert!(look.html.starts_with("<pre>&amp;&amp;"));
    }

    #[test]
    fn what_is_too_much_is_shown_as_written() {
        let look = render(&">".repeat(5_000));
        assert_eq!(look.fault, Some(FaultKind::TooComplex));
        assert!(look.html.starts_with("<pre>>"), "{}", &look.html[..20]);
        let look = render(&format!("{}<script>&", "*a ".repeat(50) + &"a* ".repeat(50)));
        assert_eq!(look.fault, Some(FaultKind::TooComplex));
        assert!(look.html.ends_with("&lt;script>&amp;</pre>"));
        assert_eq!(render(&"-\n".repeat(50_000)).fault, Some(FaultKind::TooComplex));
    }

    proptest! {
        #[test]
        fn nothing_executable_comes_out(text in "[<>a-z/=\"'()\\[\\]!&#;: \n`*]{0,200}") {
            let html = render(&text).html;
            prop_assert!(!html.contains("<script"));
            prop_assert!(!html.contains("<img") || !html.contains("onerror="));
        }

        #[test]
        fn plain_text_is_no_markup(text in "[<>a-z/=\"'&;\n]{0,200}") {
            let html = plain(&text);
            let inner = html.strip_prefix("<pre>").and_then(|rest| rest.strip_suffix("</pre>")).unwrap();
            prop_assert!(!inner.contains('<'));
        }
    }
}
