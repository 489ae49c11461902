//! Formulas over rows of the table of sources: `midpoint(F320)`, `F329 / 11600`.
//!
//! Grammar: sums and products with the usual precedence, brackets, numbers, ids of rows, and the
//! functions `low(ID)`, `high(ID)`, `midpoint(ID)`, `min(..)`, `max(..)` and `sum(..)`.

/// Which number of a row is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Its value.
    Value,
    /// Its lower end.
    Low,
    /// Its upper end.
    High,
}

/// Brackets and signs may lie in each other so deep.
const MAX_DEPTH: u32 = 64;

/// Evaluates a formula; `look_up` gives the number of a row in base units.
///
/// # Errors
/// A sentence that says what is wrong with the formula or with a row.
pub(super) fn evaluate(text: &str, look_up: &dyn Fn(&str, Part) -> Result<f64, String>) -> Result<f64, String> {
    let mut parser = Parser {
        rest: text,
        depth: 0,
        look_up,
    };
    let value = parser.sum()?;
    match parser.peek() {
        None if value.is_finite() => Ok(value),
        None => Err("the formula has no finite value".to_owned()),
        Some(c) => Err(format!("`{c}` was not expected in the formula")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: u32,
    look_up: &'a dyn Fn(&str, Part) -> Result<f64, String>,
}

impl<'a> Parser<'a> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(c) => format!("`{wanted}` was expected in the formula before `{c}`"),
            None => format!("the formula ends where `{wanted}` was expected"),
        })
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.product()?;
        loop {
            if self.take('+') {
                value += self.product()?;
            } else if self.take('-') {
                value -= self.product()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, String> {
        let mut value = self.factor()?;
        loop {
            if self.take('*') {
                value *= self.factor()?;
            } else if self.take('/') {
                value /= self.factor()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn factor(&mut self) -> Result<f64, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the formula nests more than {MAX_DEPTH} deep"));
        }
        let value = match self.peek() {
            Some('-') => {
                self.take('-');
                -self.factor()?
            }
            Some('(') => {
                self.take('(');
                let value = self.sum()?;
                self.expect(')')?;
                value
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number()?,
            Some(c) if c.is_ascii_alphabetic() => self.name()?,
            Some(c) => return Err(format!("`{c}` was not expected in the formula")),
            None => return Err("the formula ends where a number was expected".to_owned()),
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Takes the longest start whose characters pass.
    fn word(&mut self, pass: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !pass(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn number(&mut self) -> Result<f64, String> {
        let start = self.rest;
        self.word(|c| c.is_ascii_digit() || c == '.');
        // An exponent follows without a space; a sign belongs to it only after the letter.
        if let Some(after) = self.rest.strip_prefix(['e', 'E']) {
            self.rest = after.strip_prefix(['+', '-']).unwrap_or(after);
            self.word(|c| c.is_ascii_digit());
        }
        let text = &start[..start.len() - self.rest.len()];
        text.parse().map_err(|_| format!("`{text}` is no number"))
    }

    fn name(&mut self) -> Result<f64, String> {
        let name = self.word(|c| c.is_ascii_alphanumeric() || c == '_');
        if !self.take('(') {
            return (self.look_up)(name, Part::Value);
        }
        let value = match name {
            "low" => (self.look_up)(self.id()?, Part::Low)?,
            "high" => (self.look_up)(self.id()?, Part::High)?,
            "midpoint" => {
                let id = self.id()?;
                0.5 * ((self.look_up)(id, Part::Low)? + (self.look_up)(id, Part::High)?)
            }
            "min" => self.fold(f64::min)?,
            "max" => self.fold(f64::max)?,
            "sum" => self.fold(|a, b| a + b)?,
            _ => {
                return Err(format!(
                    "there is no function `{name}`; there are low, high, midpoint, min, max and sum"
                ));
            }
        };
        self.expect(')')?;
        Ok(value)
    }

    fn id(&mut self) -> Result<&'a str, String> {
        self.peek();
        match self.word(|c| c.is_ascii_alphanumeric() || c == '_') {
            "" => Err("the formula lacks the id of a row".to_owned()),
            id => Ok(id),
        }
    }

    fn fold(&mut self, with: impl Fn(f64, f64) -> f64) -> Result<f64, String> {
        let mut value = self.sum()?;
        while self.take(',') {
            value = with(value, self.sum()?);
        }
        Ok(value)
    }
}
