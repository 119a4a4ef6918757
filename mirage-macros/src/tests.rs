mod choices;
mod golden;
mod growth;
mod properties;
mod spans;
mod speed;
