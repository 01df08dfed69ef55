//! Drawing pictures: the digits of a captcha, bent and crossed by lines, as a PNG. The same seed draws the same picture, so that
//! a call tried again sends what was sent before.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};
use ttf_parser::{Face, OutlineBuilder};

/// Pixels: twice what a phone shows, for sharp edges.
const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 220.0;
/// How tall a digit stands.
const DIGIT: f32 = 130.0;

/// A number from 0 to 1 for each of several uses of a byte of the seed.
struct Dice<'a> {
    seed: &'a [u8; 32],
    next: usize,
}

impl Dice<'_> {
    /// A number between these two.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        let byte = self.seed[self.next % self.seed.len()].rotate_left((self.next / self.seed.len()) as u32);
        self.next += 1;
        low + (high - low) * f32::from(byte) / 255.0
    }
}

/// Draws digits as a PNG. The error says what could not be drawn; it depends on nothing that a holder does.
pub fn captcha(digits: &str, seed: &[u8; 32]) -> Result<Vec<u8>, String> {
    let face = Face::parse(dejavu::sans::bold(), 0).map_err(|error| error.to_string())?;
    let mut pixmap = Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or("no room for the picture")?;
    pixmap.fill(Color::from_rgba8(0xf3, 0xf6, 0xf4, 0xff));
    let mut dice = Dice { seed, next: 0 };
    for _ in 0..4 {
        line(&mut pixmap, &mut dice, [0xb9, 0xcf, 0xc8]);
    }
    let step = WIDTH / (digits.chars().count() as f32 + 0.6);
    for (digit, place) in digits.chars().zip(0_u16..) {
        let shape = outline(&face, digit, &mut dice).ok_or("the font has no such digit")?;
        let middle = Transform::from_translate(step * (f32::from(place) + 0.8), HEIGHT / 2.0 + dice.between(-22.0, 22.0));
        let turned = middle.pre_concat(Transform::from_rotate(dice.between(-24.0, 24.0)));
        let ink = [[0x0b, 0x5c, 0x5f], [0x1f, 0x4e, 0x79], [0x7a, 0x3b, 0x12]][usize::from(place % 3)];
        pixmap.fill_path(&shape, &paint(ink), FillRule::Winding, turned, None);
    }
    for _ in 0..2 {
        line(&mut pixmap, &mut dice, [0x0b, 0x5c, 0x5f]);
    }
    pixmap.encode_png().map_err(|error| error.to_string())
}

fn paint([red, green, blue]: [u8; 3]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 0xff);
    paint
}

/// A curve from the left edge to the right one.
fn line(pixmap: &mut Pixmap, dice: &mut Dice<'_>, ink: [u8; 3]) {
    let mut height = || dice.between(20.0, HEIGHT - 20.0);
    let [start, first, second, end] = [height(), height(), height(), height()];
    let mut path = PathBuilder::new();
    path.move_to(0.0, start);
    path.cubic_to(WIDTH / 3.0, first, WIDTH * 2.0 / 3.0, second, WIDTH, end);
    if let Some(path) = path.finish() {
        let stroke = Stroke { width: 5.0, ..Stroke::default() };
        pixmap.stroke_path(&path, &paint(ink), &stroke, Transform::identity(), None);
    }
}

/// The outline of a digit around its own middle, each point a little out of its place along a wave.
fn outline(face: &Face<'_>, digit: char, dice: &mut Dice<'_>) -> Option<Path> {
    let glyph = face.glyph_index(digit)?;
    let bounds = face.glyph_bounding_box(glyph)?;
    let scale = DIGIT / f32::from(bounds.height());
    let middle = (f32::from(bounds.x_min + bounds.x_max) / 2.0, f32::from(bounds.y_min + bounds.y_max) / 2.0);
    let wave = (dice.between(4.0, 8.0), dice.between(0.0, std::f32::consts::TAU));
    let mut bent = Bent { path: PathBuilder::new(), scale, middle, wave };
    face.outline_glyph(glyph, &mut bent)?;
    bent.path.finish()
}

/// Takes a glyph's outline in the font's units and builds the bent one in pixels.
struct Bent {
    path: PathBuilder,
    scale: f32,
    middle: (f32, f32),
    wave: (f32, f32),
}

impl Bent {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = ((x - self.middle.0) * self.scale, (self.middle.1 - y) * self.scale);
        let (height, phase) = self.wave;
        (x + height * (y / 22.0 + phase).sin(), y + height * (x / 20.0 + phase).cos())
    }
}

impl OutlineBuilder for Bent {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_picture_and_another_a_different_one() {
        let [first, again, other] = [1, 1, 2].map(|seed| captcha("23456", &[seed; 32]).unwrap());
        assert!(first.starts_with(b"\x89PNG"));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_ne!(first, captcha("23457", &[1; 32]).unwrap());
    }

    #[test]
    fn every_digit_can_be_drawn_on_a_picture_that_a_phone_loads_at_once() {
        for digits in ["23456", "78999"] {
            let picture = captcha(digits, &[7; 32]).unwrap();
            assert!(picture.len() < 60_000, "{} bytes", picture.len());
        }
    }
}
