using System.Globalization;
using HiEndMae.Runs.Reporting;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Shows the progress of a stage: a live bar on a terminal, otherwise a plain line every few seconds.</summary>
internal sealed class ConsoleProgress : IProgressDisplay
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private readonly string stage;
    private readonly ProgressContext? display;
    private readonly ProgressTask? bar;
    private readonly TextWriter? plain;
    private readonly TimeProvider clock;
    private long lastPlain;

    private ConsoleProgress(string stage, ProgressContext? display, TextWriter? plain, TimeProvider clock)
    {
        this.stage = stage;
        this.display = display;
        bar = display?.AddTask(Markup.Escape(stage), maxValue: 1);
        this.plain = plain;
        this.clock = clock;
    }

    /// <summary>Runs <paramref name="work"/> under a progress display.</summary>
    public static void Run(HostEnvironment environment, bool quiet, string stage, Action<IProgressDisplay> work)
    {
        bool live = !quiet && environment.Console.Profile.Capabilities.Interactive && environment.Console.Profile.Out.IsTerminal;
        if (!live)
        {
            work(new ConsoleProgress(stage, null, quiet ? null : environment.Output, environment.Runs.Clock));
            return;
        }
        // The training thread draws it when there is news. A separate thread would allocate during a step (ARCHITECTURE.md, "Garbage collection and tensors").
        environment.Console.Progress()
            .AutoRefresh(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new ConsoleProgress(stage, context, null, environment.Runs.Clock)));
    }

    /// <summary>Updates the display.</summary>
    /// <param name="done">Number of steps or cases done.</param>
    /// <param name="total">Number of all steps or cases.</param>
    /// <param name="detail">Text such as "loss 0.812, 35.1 volumes/s".</param>
    /// <param name="left">Estimated time left.</param>
    public void Report(int done, int total, string detail, TimeSpan left)
    {
        if (bar is not null)
        {
            bar.MaxValue = total;
            bar.Value = done;
            bar.Description = Markup.Escape($"{stage}  {detail}");
            display!.Refresh();
        }
        if (plain is null) return;
        long now = clock.GetTimestamp();
        if (done < total && lastPlain != 0 && clock.GetElapsedTime(lastPlain, now) < PlainInterval) return;
        lastPlain = now;
        plain.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage}: {done}/{total}  {detail}  {Duration.Text(left)} left"));
    }
}
