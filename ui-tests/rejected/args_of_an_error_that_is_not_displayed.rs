use mirage_rt::Args;

struct Colour;

struct NoColour;

impl core::str::FromStr for Colour {
    type Err = NoColour;

    fn from_str(_: &str) -> Result<Self, NoColour> {
        Ok(Self)
    }
}

#[derive(Args)]
struct Arguments {
    colour: Colour,
//~         ^^^^^^ E0277
}

fn main() {}
