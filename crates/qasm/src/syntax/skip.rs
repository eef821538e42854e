//! Leaving out what is not executed: brackets, texts and comments are all that is checked.

use super::lexical::{blank, is_word, string};
use crate::issue::{Issue, Outcome, parse};

/// What follows a statement or a block in braces, an `else` and its body included.
pub(crate) fn skip_statement(input: &str) -> Outcome<'_, &str> {
    let mut rest = input;
    loop {
        let is_if = leading_word(rest) == "if";
        rest = skip_one(rest)?;
        if !is_if || leading_word(rest) != "else" {
            return Ok(rest);
        }
        rest = parse(blank, &rest["else".len()..])?.0;
    }
}

fn leading_word(input: &str) -> &str {
    &input[..input.find(|c| !is_word(c)).unwrap_or(input.len())]
}

fn skip_one(input: &str) -> Outcome<'_, &str> {
    if input.starts_with(['@', '#']) {
        let end = input.find('\n').unwrap_or(input.len());
        return Ok(parse(blank, &input[end..])?.0);
    }
    // Closing brackets that are awaited.
    let mut open: Vec<char> = Vec::new();
    let mut previous = "";
    // Whether the outermost brace is that of a block rather than a list of values.
    let mut is_block = false;
    let mut rest = input;
    loop {
        let Some(c) = rest.chars().next() else {
            let message = open.last().map_or("`;`".to_string(), |close| format!("`{close}`"));
            return Err(Issue::expected(rest, message));
        };
        let length = match c {
            '"' | '\'' => {
                rest = parse(string, rest)?.0;
                previous = "\"";
                continue;
            }
            _ if is_word(c) => leading_word(rest).len(),
            _ => c.len_utf8(),
        };
        let token = &rest[..length];
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => {
                if open.is_empty() {
                    is_block = !matches!(previous, "in" | "=" | ",");
                }
                open.push('}');
            }
            ')' | ']' | '}' if open.last() == Some(&c) => {
                open.pop();
            }
            ')' | ']' | '}' => return Err(Issue::expected(rest, "a statement")),
            _ => {}
        }
        rest = parse(blank, &rest[length..])?.0;
        let ends = c == ';' || (c == '}' && is_block);
        if ends && open.is_empty() {
            return Ok(rest);
        }
        previous = token;
    }
}
