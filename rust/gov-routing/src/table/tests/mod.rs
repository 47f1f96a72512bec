//! Tests of the decision table.

mod agreement;
mod book;
mod draw;
mod oracle;
mod sentences;
