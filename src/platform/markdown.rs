//! Lessons: Markdown to HTML that is safe to place in a page.

use pulldown_cmark::{Event, Options, Parser, html};

/// Renders Markdown. HTML in the text is shown as text, never taken as markup; what comes out
/// passes a sanitiser as a second line of defence. Headings start at level 2.
pub fn render(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        other => other,
    });
    let mut unsafe_html = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut unsafe_html, events);
    ammonia::Builder::default()
        .add_generic_attributes(["id", "class"])
        .rm_tags(["h1"])
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer"))
        .clean(&unsafe_html)
        .to_string()
}

/// Whether the text contains HTML tags, which authors are told about instead of seeing them
/// printed as text.
pub fn contains_html(text: &str) -> bool {
    Parser::new_ext(text, Options::ENABLE_TABLES).any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_is_shown_not_run() {
        let html =
            render("## Title\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) **bold** <b onclick=x>y</b>");
        assert!(html.contains("<h2>Title</h2>") && html.contains("<strong>bold</strong>"), "{html}");
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<b "), "{html}");
        assert!(contains_html("a <b>x</b>") && !contains_html("1 < 2 and `<b>`"));
    }

    proptest! {
        #[test]
        fn nothing_executable_comes_out(text in "[<>a-z/=\"'()\\[\\]!&#;: \n`*]{0,200}") {
            let html = render(&text);
            prop_assert!(!html.contains("<script"));
            prop_assert!(!html.contains("<img") || !html.contains("onerror="));
        }
    }
}
