//! Both bots walked by 1, 50 and 500 chats in turn, and the table of how they did.

use std::ops::Range;
use std::time::Duration;

use crate::accounts::{self, CARDS};
use crate::bot::{Kind, Place, Running};
use crate::crowd;

/// Chats at once, and the holders they walk through in a round.
const CROWDS: [(usize, i64); 3] = [(1, 30), (50, 300), (500, 500)];
/// How often each bot has its turn with each crowd.
const ROUNDS: i64 = 5;
/// How often a start is timed.
const STARTS: usize = 5;

/// What one bot did with one crowd in one round.
#[derive(Clone, Copy)]
struct Figures {
    steps_a_second: f64,
    p50: f64,
    p99: f64,
    cpu: f64,
    resident: f64,
}

struct Racer {
    place: Place,
    bot: Running,
    started: f64,
}

/// Races and prints.
pub async fn run() -> anyhow::Result<()> {
    println!("The same steps (menu, cards, choose, confirm, menu) on guichet and on the baseline, {ROUNDS} rounds in turn, medians.\n");
    let racers = [racer(Kind::Guichet).await?, racer(Kind::Baseline).await?];
    println!("chats  bot        steps/s   p50 ms   p99 ms  CPU s/1000 steps  resident MiB");
    let mut first = 0;
    for (chats, holders) in CROWDS {
        let mut rounds = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for index in order {
                rounds[index].push(measure(&racers[index], chats, first..first + holders).await?);
            }
            first += holders;
        }
        report(chats, &rounds);
    }
    println!("start to first poll (median of {STARTS})");
    for racer in &racers {
        println!("       {:<9} {:.0} ms", racer.place.kind.name(), racer.started);
    }
    Ok(())
}

async fn racer(kind: Kind) -> anyhow::Result<Racer> {
    let place = Place::new(kind).await?;
    let holders = CROWDS.iter().map(|(_, holders)| holders * ROUNDS).sum();
    match kind {
        Kind::Guichet => accounts::for_guichet(place.folder.path(), holders).await?,
        Kind::Baseline => accounts::for_baseline(place.folder.path(), holders).await?,
    }
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let (_bot, started) = place.start().await?;
        starts.push(milliseconds(started));
    }
    let (bot, started) = place.start().await?;
    starts.push(milliseconds(started));
    Ok(Racer { place, bot, started: median(starts) })
}

async fn measure(racer: &Racer, chats: usize, holders: Range<i64>) -> anyhow::Result<Figures> {
    let steps_to_go = (holders.end - holders.start) * CARDS * 4;
    crowd::gather(&racer.place.simulator, holders.clone()).await?;
    let before = racer.bot.cpu_at_rest().await?;
    let (took, mut steps) = crowd::walk(&racer.place.simulator, chats, holders).await?;
    let after = racer.bot.cpu_at_rest().await?;
    steps.sort_unstable();
    let share = |hundredths: usize| milliseconds(steps[(steps.len() - 1) * hundredths / 100]);
    Ok(Figures {
        steps_a_second: steps_to_go as f64 / took.as_secs_f64(),
        p50: share(50),
        p99: share(99),
        cpu: (after - before) / steps_to_go as f64 * 1000.0,
        resident: racer.bot.resident()?,
    })
}

fn report(chats: usize, rounds: &[Vec<Figures>; 2]) {
    let medians = rounds.each_ref().map(|rounds| {
        let of = |figure: fn(&Figures) -> f64| median(rounds.iter().map(figure).collect());
        [of(|f| f.steps_a_second), of(|f| f.p50), of(|f| f.p99), of(|f| f.cpu), of(|f| f.resident)]
    });
    for (kind, [rate, p50, p99, cpu, resident]) in Kind::BOTH.iter().zip(medians) {
        println!("{chats:>5}  {:<9}{rate:>9.0}{p50:>9.2}{p99:>9.2}{cpu:>18.3}{resident:>14.1}", kind.name());
    }
    let [ours, theirs] = medians;
    let [rate, p50, p99, cpu, resident] = std::array::from_fn(|figure| ours[figure] / theirs[figure]);
    println!("{chats:>5}  {:<9}{rate:>9.2}{p50:>9.2}{p99:>9.2}{cpu:>18.2}{resident:>14.2}\n", "ratio");
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
