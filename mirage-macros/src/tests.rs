mod choices;
mod golden;
mod growth;
mod plans;
mod properties;
mod spans;
mod speed;
