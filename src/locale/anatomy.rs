//! What a Fluent pattern is made of: its static texts and what it refers to.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::unicode::unescape_unicode_to_string;

use super::files::Entry;

/// The parts of one or more patterns. Names are without their `$` or `-`.
#[derive(Default)]
pub(super) struct Anatomy<'a> {
    /// The static text of every pattern and of every variant in it, an `x` in place of what is filled in.
    pub(super) texts: Vec<String>,
    /// The variables that are written out.
    pub(super) written: BTreeSet<&'a str>,
    /// The variables that a variant is chosen by.
    pub(super) chosen_by: BTreeSet<&'a str>,
    /// The messages that are written out.
    pub(super) messages: BTreeSet<&'a str>,
    /// The terms that are written out.
    pub(super) terms: BTreeSet<&'a str>,
    /// The functions called.
    pub(super) functions: BTreeSet<&'a str>,
}

impl<'a> Anatomy<'a> {
    /// The parts of a message's or term's text and attributes.
    pub(super) fn of(entry: Entry<'a>) -> Self {
        let mut anatomy = Self::default();
        entry.patterns().for_each(|pattern| anatomy.pattern(pattern));
        anatomy
    }

    /// The parts of one pattern.
    pub(super) fn of_pattern(pattern: &'a Pattern<&'a str>) -> Self {
        let mut anatomy = Self::default();
        anatomy.pattern(pattern);
        anatomy
    }

    fn pattern(&mut self, pattern: &'a Pattern<&'a str>) {
        let mut text = String::new();
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => text.push_str(value),
                PatternElement::Placeable { expression } => self.expression(expression, &mut text),
            }
        }
        self.texts.push(text);
    }

    fn expression(&mut self, expression: &'a Expression<&'a str>, text: &mut String) {
        match expression {
            Expression::Inline(inline) => self.inline(inline, text),
            Expression::Select { selector, variants } => {
                text.push('x');
                match selector {
                    InlineExpression::VariableReference { id } => self.chosen_by.extend([id.name]),
                    other => self.inline(other, &mut String::new()),
                }
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &'a InlineExpression<&'a str>, text: &mut String) {
        match inline {
            InlineExpression::StringLiteral { value } => return text.push_str(&unescape_unicode_to_string(value)),
            InlineExpression::Placeable { expression } => return self.expression(expression, text),
            InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::VariableReference { id } => self.written.extend([id.name]),
            InlineExpression::MessageReference { id, .. } => self.messages.extend([id.name]),
            InlineExpression::TermReference { id, .. } => self.terms.extend([id.name]),
            InlineExpression::FunctionReference { id, arguments } => {
                self.functions.extend([id.name]);
                arguments.positional.iter().for_each(|argument| self.inline(argument, &mut String::new()));
            }
        }
        text.push('x');
    }
}
