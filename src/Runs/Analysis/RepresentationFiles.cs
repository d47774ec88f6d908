using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;

namespace HiEndMae.Runs.Analysis;

/// <summary>Writes measured layers as files for other programs: CSV with a line per number, and every singular value as a NumPy array.</summary>
internal static class RepresentationFiles
{
    /// <summary>Writes crops.csv, cka.csv and singular-values.npy, if they were measured.</summary>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="result">The measurements.</param>
    public static void Write(string folder, RepresentationResult result)
    {
        var crops = new CsvText("model", "layer", "measure", "case", "crop", "head", "value");
        var cka = new CsvText("model", "layer", "other_model", "other_layer", "kind", "cka");
        foreach (MeasuredModel model in result.Models)
        {
            EncoderMeasures measures = model.Measures;
            for (int layer = 0; layer < measures.Layers.Count; layer++)
            {
                foreach ((Measure measure, double[][][] values) in measures.Values)
                {
                    for (int crop = 0; crop < values[layer].Length; crop++)
                    {
                        for (int head = 0; head < values[layer][crop].Length; head++)
                            crops.Add(model.Label, measures.Layers[layer], measure.Name, result.CaseIds[measures.Cases[crop]], crop, head, values[layer][crop][head]);
                    }
                }
            }
            Similarities(cka, model.Label, measures.Layers, model.Label, measures.Layers, "minibatch", measures.Cka);
            Similarities(cka, model.Label, measures.Layers, model.Label, measures.Layers, "linear", measures.LinearCka);
            Similarities(cka, model.Label, measures.Layers, result.Models[0].Label, result.Models[0].Measures.Layers, "minibatch", measures.CkaWithReference);
        }
        if (crops.Lines > 0) crops.Write(Path.Combine(folder, "crops.csv"));
        if (cka.Lines > 0) cka.Write(Path.Combine(folder, "cka.csv"));
        if (result.Models.All(model => model.Measures.SingularValues.Length > 0)) SingularValues(Path.Combine(folder, "singular-values.npy"), result);
    }

    private static void Similarities(CsvText csv, string model, IReadOnlyList<string> rows, string other, IReadOnlyList<string> columns, string kind, double[,]? values)
    {
        if (values is null) return;
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < columns.Count; j++) csv.Add(model, rows[i], other, columns[j], kind, values[i, j]);
        }
    }

    // [model, layer, crop, k], float64; models with fewer layers or values are padded with NaN.
    private static void SingularValues(string path, RepresentationResult result)
    {
        double[][][][] all = [.. result.Models.Select(model => model.Measures.SingularValues)];
        int layers = all.Max(model => model.Length), crops = all[0][0].Length, ranks = all.Max(model => model[0][0].Length);
        var values = new double[all.Length * layers * crops * ranks];
        Array.Fill(values, double.NaN);
        for (int model = 0; model < all.Length; model++)
        {
            for (int layer = 0; layer < all[model].Length; layer++)
            {
                for (int crop = 0; crop < crops; crop++) all[model][layer][crop].CopyTo(values, (((model * layers) + layer) * crops + crop) * ranks);
            }
        }
        AtomicFile.Write(path, stream =>
        {
            stream.Write(new NpyHeader("<f8", [all.Length, layers, crops, ranks]).ToBytes());
            stream.Write(MemoryMarshal.AsBytes<double>(values));
        });
    }
}
