using HiEndMae.Host.Commands;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Machine;
using Spectre.Console.Testing;

namespace HiEndMae.Host.Tests;

/// <summary>Runs the program in process, with its output caught and a folder of its own.</summary>
/// <param name="plugins">Folder of plugins; left out, the program's own.</param>
internal sealed class HostFixture(string? plugins = null) : IDisposable
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private readonly TestConsole console = new() { Profile = { Width = 200 } };

    public string Folder { get; } = Directory.CreateTempSubdirectory("hiendmae-host-").FullName;

    public Dictionary<string, string> Variables { get; } = [];

    public string Output => output.ToString() + console.Output;

    public string Error => error.ToString();

    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<int> RunAsync(params string[] args)
    {
        var environment = new HostEnvironment(new RunEnvironment(plugins ?? Repository.Plugins, name => Variables.GetValueOrDefault(name), TimeProvider.System), console, output, error);
        return new CommandLine(environment).RunAsync(args);
    }

    public void Dispose()
    {
        console.Dispose();
        output.Dispose();
        error.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
