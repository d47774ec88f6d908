using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Host.Tests.Reports;

public sealed partial class HtmlReportTests
{
    // What a reader does, by hand: move the slider, pick another case, fade the overlay, change the theme. Appended to a copy of the page.
    private const string Reader = """
        <script>
        const said = [];
        const check = (name, ok) => { if (!ok) said.push(name); };
        const viewer = document.querySelector(".viewer"), slider = viewer.querySelector("input.position"), layers = viewer.querySelectorAll(".case:not([hidden]) .slice div");
        check("tables", document.querySelectorAll("table").length >= 2);
        check("charts", document.querySelectorAll("svg polyline").length > 0 && document.querySelectorAll("svg rect").length > 0);
        const positions = new Set();
        for (let i = 0; i <= Number(slider.max); i++) { slider.value = i; slider.dispatchEvent(new Event("input")); positions.add(layers[0].style.backgroundPosition); }
        check("every slice has its tile", positions.size === Number(slider.max) + 1);
        check("all panels move together", new Set([...layers].map(one => one.style.backgroundPosition)).size === 1);
        check("the slice is named", viewer.querySelector("output").textContent === (Number(slider.max) + 1) + " of " + (Number(slider.max) + 1));
        const opacity = viewer.querySelector("input.opacity");
        opacity.value = 0; opacity.dispatchEvent(new Event("input"));
        check("the overlay fades", getComputedStyle(viewer.querySelector(".labels")).opacity === "0");
        const choice = viewer.querySelector("select");
        choice.selectedIndex = 1; choice.dispatchEvent(new Event("change"));
        check("another case is shown", viewer.querySelectorAll(".case:not([hidden])").length === 1 && viewer.querySelectorAll(".case")[1].hidden === false);
        const theme = document.getElementById("theme"), before = getComputedStyle(document.body).backgroundColor;
        theme.click(); theme.click();
        check("dark is dark", document.documentElement.dataset.theme === "dark" && getComputedStyle(document.body).backgroundColor !== before);
        check("pictures load", [...document.images].every(one => one.complete && one.naturalWidth > 0));
        check("labels name every control", [...document.querySelectorAll("input, select")].every(one => one.closest("label")));
        document.documentElement.dataset.reader = said.length ? said.join("; ") : "content";
        </script>
        """;

    [Fact]
    public async Task The_page_is_self_contained()
    {
        using var host = new HostFixture();
        string page = await WriteAsync(host);
        Assert.DoesNotMatch(External(), page);
        Assert.Contains("Comparisons", page);
        Assert.Contains("Reconstructions by mask ratio", page);
        Assert.Contains("mask_ratio = 0.75", page);
        // A run's own words are text, whatever they say.
        Assert.DoesNotContain("<script>alert", page);
        Assert.Contains("&lt;script&gt;alert", page);
    }

    [Fact]
    public async Task A_browser_shows_it_without_an_error_and_its_controls_work()
    {
        Assert.SkipWhen(Browser.Path is null, "No Chromium on this machine: install chromium, or name it in CHROMIUM.");
        using var host = new HostFixture();
        string page = await WriteAsync(host);
        string copy = host.Write("read.html", page.Replace("</body>", Reader + "</body>", StringComparison.Ordinal));
        (string document, string console) = await Browser.OpenAsync(copy, Path.Combine(host.Folder, "profile"), TestContext.Current.CancellationToken);
        Assert.Equal("", console);
        Assert.Equal("content", Verdict().Match(document).Groups[1].Value);
    }

    private static async Task<string> WriteAsync(HostFixture host)
    {
        var runs = new FakeRuns(Path.Combine(host.Folder, "runs"));
        runs.Table5();
        runs.Unfinished("demo", FakeRuns.Table5Config(0, 0.9, "90%"), "2026-01-01T00:00:00.0000000+00:00 IOException: <script>alert(1)</script>");
        foreach (string run in Directory.GetDirectories(Path.Combine(runs.Folder, "demo")).Where(run => File.Exists(Path.Combine(run, "results.json"))))
        {
            Pictures(run, "case-a", new Size3(20, 16, 10));
            Pictures(run, "case-b", new Size3(24, 16, 13));
        }
        string path = Path.Combine(host.Folder, "report.html");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", runs.Folder, "--out", path));
        return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
    }

    private static void Pictures(string run, string name, Size3 size)
    {
        float[] image = [.. Enumerable.Range(0, (int)size.Count).Select(i => i % 97 / 97f)];
        ushort[] truth = [.. Enumerable.Range(0, (int)size.Count).Select(i => (ushort)(i % 11 < 5 ? 0 : 1))], prediction = [.. truth.Select((label, i) => (ushort)(i % 13 == 0 ? 2 : label))];
        SliceAtlasWriter.Write(Path.Combine(run, RunDirectory.Slices, "evaluate-pretrain-" + name), name, "pretrain", new Panel(size, image), truth, prediction, Spacing3.Isotropic(4.5), ["background", "liver", "aorta"]);
        PanelWriter.Write(Path.Combine(run, "figures", "reconstruction.png"), [new Panel(size, image)], new Size3(4, 4, 4));
    }

    [GeneratedRegex("(src|href)=\"(https?:|//)|url\\((?!data:)|@import|fetch\\(|XMLHttpRequest")]
    private static partial Regex External();

    [GeneratedRegex("data-reader=\"([^\"]*)\"")]
    private static partial Regex Verdict();
}
