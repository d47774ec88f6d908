using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>An open safetensors file.</summary>
internal sealed class SafetensorsFile : WeightFile
{
    private readonly FileStream file;
    private readonly long start;
    private readonly Dictionary<string, (long From, long To)> places = new(StringComparer.Ordinal);
    private readonly List<WeightEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsFile(FileStream file, long start)
    {
        this.file = file;
        this.start = start;
    }

    public override string Format => "safetensors";

    public override IReadOnlyList<WeightEntry> Entries => entries;

    public override IReadOnlyDictionary<string, string> Metadata => metadata;

    public static new SafetensorsFile Open(string path)
    {
        FileStream file = File.OpenRead(path);
        try
        {
            byte[] header = Safetensors.ReadHeader(path, file);
            using JsonDocument json = JsonDocument.Parse(header);
            var opened = new SafetensorsFile(file, 8 + header.Length) { Path = path };
            foreach (JsonProperty entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (JsonProperty text in entry.Value.EnumerateObject()) opened.metadata[text.Name] = text.Value.ToString();
                    continue;
                }
                (ScalarType type, long[] shape, long from, long to) = Safetensors.ReadEntry(path, file, opened.start, entry);
                if (!opened.places.TryAdd(entry.Name, (from, to))) throw Safetensors.Broken(path, $"'{NearestText(entry.Name)}' occurs twice");
                opened.entries.Add(new WeightEntry(entry.Name, type, shape));
            }
            opened.CheckCover();
            return opened;
        }
        catch (Exception error)
        {
            file.Dispose();
            if (Safetensors.IsOfTheFile(error)) throw Safetensors.Broken(path, error.Message.TrimEnd('.'));
            throw;
        }
    }

    public override Tensor Read(WeightEntry entry)
    {
        Tensor tensor = empty([.. entry.Shape], entry.Type);
        if (entry.Count == 0) return tensor;
        try
        {
            file.Position = start + places[entry.Name].From;
            file.ReadExactly(tensor.bytes);
            return tensor;
        }
        catch (IOException error)
        {
            throw Safetensors.Broken(Path, error.Message.TrimEnd('.'));
        }
    }

    protected override void Dispose(bool disposing) => file.Dispose();

    // As in the reference reader, tensors follow one another without overlaps or gaps, up to the end of the file. Otherwise two tensors could share data, or a file could hide data.
    private void CheckCover()
    {
        long end = 0;
        foreach ((string name, (long from, long to)) in places.OrderBy(place => place.Value))
        {
            if (from < end) throw Safetensors.Broken(Path, $"'{NearestText(name)}' overlaps another tensor");
            if (from > end) throw Safetensors.Broken(Path, $"there are {from - end} unused bytes before '{NearestText(name)}'");
            end = to;
        }
        if (end != file.Length - start) throw Safetensors.Broken(Path, $"there are {file.Length - start - end} unused bytes after the last tensor");
    }

    private static string NearestText(string name) => HiEndMae.Configuration.NearestName.Shorten(name);
}
