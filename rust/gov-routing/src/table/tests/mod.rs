//! Tests of the decision table.

mod agreement;
mod draw;
mod oracle;
