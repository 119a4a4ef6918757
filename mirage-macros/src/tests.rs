mod golden;
mod properties;
mod spans;
