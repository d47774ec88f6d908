using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary><c>doctor</c> on a machine that is well, and on machines that are not.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task On_a_good_machine_no_fault_is_found_and_no_file_is_left()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        JsonArray findings = await Findings(host, ExitCodes.Done, runs);
        Assert.Equal(
            ["GPU", "arithmetic", "cache", "data", "libtorch", "memory", "native libraries", "plugins", "processor", "program", "runs", "tracking"],
            findings.Select(finding => (string)finding!["check"]!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(findings, finding => (string)finding!["state"]! == "fault");
        Assert.Contains("GFLOP/s", Text(findings, "arithmetic"));
        Assert.Empty(Directory.GetFileSystemEntries(host.Folder));
    }

    [Fact]
    public async Task A_missing_data_folder_is_a_fault()
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = "/nowhere/scans";
        Assert.Contains("/nowhere/scans", Text(await Findings(host, ExitCodes.Failed, Path.Combine(host.Folder, "runs")), "data"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_warning()
    {
        using var host = new HostFixture();
        host.Variables["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9";
        JsonArray findings = await Findings(host, ExitCodes.Done, Path.Combine(host.Folder, "runs"));
        Assert.Equal("warning", (string)findings.Single(finding => (string)finding!["check"]! == "tracking")!["state"]!);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_fault()
    {
        using var host = new HostFixture();
        Assert.Contains("Exception", Text(await Findings(host, ExitCodes.Failed, "/proc/runs"), "runs"));
    }

    private static async Task<JsonArray> Findings(HostFixture host, int code, string runs)
    {
        Assert.Equal(code, await host.RunAsync("doctor", "--json", "--out", runs));
        return JsonNode.Parse(host.Output)!.AsArray();
    }

    private static string Text(JsonArray findings, string check) => (string)findings.Single(finding => (string)finding!["check"]! == check)!["text"]!;
}
