using HiEndMae.Configuration.Shared;

namespace HiEndMae.Configuration.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-atomic-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Writing_a_file_creates_missing_folders()
    {
        string path = Path.Combine(folder, "a", "b", "file.txt");
        AtomicFile.WriteText(path, "grüße\n");
        Assert.Equal("grüße\n"u8.ToArray(), File.ReadAllBytes(path));
        AtomicFile.WriteText(path, "short");
        Assert.Equal("short", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        string path = Path.Combine(folder, "file.txt");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Readers_see_one_whole_content_while_writers_race()
    {
        string path = Path.Combine(folder, "file.txt");
        string[] contents = [new('a', 10_000), new('b', 20_000)];
        AtomicFile.WriteText(path, contents[0]);
        Task[] writers = [.. contents.Select(content => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++) AtomicFile.WriteText(path, content);
        }, TestContext.Current.CancellationToken))];
        int read = 0;
        for (Task all = Task.WhenAll(writers); !all.IsCompleted || read == 0; read++) Assert.Contains(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), contents);
        await Task.WhenAll(writers);
    }
}
